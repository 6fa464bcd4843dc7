"""What second looks are worth where the reviewer errs: the same number of decisions with and without them; one thread.

    OMP_NUM_THREADS=1 python -m bench.fallible --data DIR --cache DIR
    OMP_NUM_THREADS=1 python -m bench.fallible --data DIR --cache DIR --sets agnews --errors 0.1 --seeds 6

DIR holds agnews, sms, mr and banking77 as CSV files (``text,label``); embeddings are kept in the cache. Training, query
strategy and the numbers and estimates of second looks are the product's own, without its database: 600 decisions, a
training after each 20; labels that were sent back come first and are decisions like the others. With and without second
looks the same reviewer answers (`reviewers`): whether and how an answer is wrong depends on the item alone and on
how often it was asked. A reviewer who is never wrong shows how much there is to be won.

Told are means over the seeds, in points of accuracy on the test rows: at the end (the last three trainings) and along
the way (from 120 decisions on); the difference of the same seed with its standard error.

``--first``: of each kind of model only the first candidate competes, to which the others give way nearly always where
there is a pool. It takes half the time; on agnews it gave the same curves to the last item.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from threadpoolctl import threadpool_limits

from bench.fallible.loop import BUDGET, Run, run
from bench.fallible.reviewers import KINDS, Reviewer, uniform
from bench.label_efficiency.sets import TEXT_SETS, read_set
from hitl.domain.second_look import SecondLookRule
from hitl.ml.estimators.registry import suitable_estimators

OFF = SecondLookRule(share=0.0)


def measure(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """For each set, kind, share of errors and seed what came out with second looks, without, and without errors."""
    for name in options.sets:
        truth = read_set(name, options.data, options.cache)
        flawless: dict[int, Run] = {}
        for kind in options.kinds:
            for error in options.errors:
                answers = KINDS[kind](truth, error)
                for seed in range(options.seeds):
                    if seed not in flawless:
                        flawless[seed] = run(truth, Reviewer(truth.y, *uniform(truth, 0.0), seed), OFF, seed)
                    looked = run(truth, Reviewer(truth.y, *answers, seed), SecondLookRule(), seed)
                    without = run(truth, Reviewer(truth.y, *answers, seed), OFF, seed) if looked.looks else looked
                    runs = {"without": without, "with": looked, "flawless": flawless[seed]}
                    yield {"set": name, "kind": kind, "error": error, "seed": seed} | {
                        arm: asdict(one) | {"end": one.end, "mean": one.mean} for arm, one in runs.items()
                    }


COLUMNS = (
    "set",
    "errors",
    "wrong answers",
    "end: without / with",
    "gain",
    "never wrong",
    "mean: without / with",
    "gain",
    "never wrong",
    "looks, wrong among them",
    "wrong labels left, without / with",
)


def summarise(rows: Sequence[dict[str, Any]]) -> str:
    """A line for each set, kind and share of errors."""
    groups: dict[tuple[str, str, float], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["set"], row["kind"], row["error"]), []).append(row)
    lines = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    return "\n".join(lines + [_line(*key, found) for key, found in groups.items()])


def _line(name: str, kind: str, error: float, rows: Sequence[dict[str, Any]]) -> str:
    def mean(arm: str, value: str) -> float:
        return float(np.mean([row[arm][value] for row in rows]))

    cells = [name, f"{kind} {error:.0%}", f"{mean('without', 'wrong') / BUDGET:.1%}"]
    for value in ("end", "mean"):
        gains = np.array([row["with"][value] - row["without"][value] for row in rows])
        spread = f" ± {gains.std(ddof=1) / np.sqrt(len(gains)):.1f}" if len(gains) > 1 else ""
        cells += [f"{mean('without', value):.1f} / {mean('with', value):.1f}", f"{gains.mean():+.1f}{spread}"]
        cells.append(f"{mean('flawless', value) - mean('without', value):+.1f}")
    cells.append(f"{mean('with', 'looks'):.0f}, {mean('with', 'wrong_looked_at'):.0f}")
    cells.append(f"{mean('without', 'wrong'):.0f} / {mean('with', 'wrong'):.0f}")
    return f"| {' | '.join(cells)} |"


def first_candidates(fields: Any) -> list[Any]:
    """The estimators that suit these fields, each with its first candidate alone."""
    return [
        replace(one, candidates=lambda labels, classes, one=one: one.candidates(labels, classes)[:1])
        for one in suitable_estimators(fields)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="where embeddings are kept between runs")
    parser.add_argument("--sets", nargs="+", default=list(TEXT_SETS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--errors", nargs="+", type=float, default=[0.05, 0.1])
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--first", action="store_true", help="only the first candidate of each kind of model")
    options = parser.parse_args()
    rows = []
    chosen = first_candidates if options.first else suitable_estimators
    with threadpool_limits(limits=1), patch("hitl.ml.training.suitable_estimators", chosen):
        for row in measure(options):
            rows.append(row)
            print(json.dumps(row), flush=True)
    print(summarise(rows))


if __name__ == "__main__":
    main()
