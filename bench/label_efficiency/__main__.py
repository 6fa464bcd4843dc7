"""Decisions until the model is as accurate as a share of what all labels give, an oracle answering 20 at a time.

    python -m bench.label_efficiency --data DIR --cache DIR
    python -m bench.label_efficiency --data DIR --cache DIR --sets agnews sms --seeds 2 --only tandem
    python -m bench.label_efficiency --read F1.json F2.json --plot docs/images/label-efficiency.svg

DIR holds the sets as CSV files with columns `text,label` (telco: mixed columns), and `--sets NAME` takes any NAME.csv
there. Others than Tandem are development extras, for an environment of their own: pip install -r
requirements-bench.txt. What is measured is printed as it comes, a JSON object a curve.

The accuracy that all labels give is that of scikit-learn's logistic regression, the same for everybody. A run that does
not reach a target counts as the budget; between two batches the decisions are interpolated, and fewer than a batch are
never told.
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from bench.label_efficiency.contenders import CONTENDERS, Contender, MarginBare, MarginTuned
from bench.label_efficiency.plot import draw_curves
from bench.label_efficiency.sets import SETS, Labelled, read_set

BUDGET, BATCH = 600, 20
TARGETS = (0.80, 0.90, 0.95, 0.98)
TARGETS_OF_MANY_CLASSES = (0.70, 0.80)
MANY_CLASSES = 20
BOUNDS = {
    "margin, tuned head": 0.70,
    "TypiClust → margin, tuned head": 0.80,
    "random, bare scikit-learn": 0.35,
}

Curve = Sequence[tuple[int, float]]


def targets_of(labelled: Labelled) -> tuple[float, ...]:
    """Shares of the accuracy that all labels give."""
    return TARGETS_OF_MANY_CLASSES if len(np.unique(labelled.y)) > MANY_CLASSES else TARGETS


def full_accuracy(labelled: Labelled) -> float:
    """What all labels of the pool give, by the better of scikit-learn as it comes and tuned by hand."""
    found = []
    for contender in (MarginBare(labelled, 0), MarginTuned(labelled, 0)):
        contender.learn(np.arange(len(labelled.y)))
        found.append(float(np.mean(contender.answer() == labelled.test_y)))
    return max(found)


def run(contender: Contender, *, enough: float) -> list[tuple[int, float]]:
    """The curve: (decisions, accuracy) after each batch, until two batches in a row are enough."""
    labelled = contender.set
    known, curve = np.empty(0, dtype=np.int64), []
    while len(known) < BUDGET:
        asked = np.asarray(contender.ask(known, min(BATCH, BUDGET - len(known))), dtype=np.int64)
        known = np.concatenate([known, asked])
        present = np.unique(labelled.y[known])
        if len(present) < 2:
            accuracy = float(np.mean(labelled.test_y == present[0]))
        else:
            contender.learn(known)
            accuracy = float(np.mean(contender.answer() == labelled.test_y))
        curve.append((len(known), accuracy))
        if [reached >= enough for _decisions, reached in curve[-2:]] == [True, True]:
            break
    return curve


def decisions_to(curve: Curve, accuracy: float) -> float:
    """Decisions at which a curve first reaches an accuracy; the budget where it never does.

    >>> decisions_to([(20, 0.5), (40, 0.7)], 0.6), decisions_to([(20, 0.5)], 0.4), decisions_to([(20, 0.5)], 0.9)
    (30.0, 20.0, 600.0)
    """
    before = (0, 0.0)
    for point in curve:
        if point[1] >= accuracy:
            if not before[0]:
                return float(point[0])
            return before[0] + (point[0] - before[0]) * (accuracy - before[1]) / (point[1] - before[1])
        before = point
    return float(BUDGET)


def measure(options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A curve for each set, contender and seed."""
    for name in options.sets:
        labelled = read_set(name, options.data, options.cache)
        full = full_accuracy(labelled)
        enough = max(targets_of(labelled)) * full
        for contender in options.only:
            for seed in range(options.seeds):
                begin = time.process_time()
                curve = run(CONTENDERS[contender](labelled, seed), enough=enough)
                decisions = [decisions_to(curve, share * full) for share in targets_of(labelled)]
                yield {
                    "set": name,
                    "contender": contender,
                    "seed": seed,
                    "full": full,
                    "targets": targets_of(labelled),
                    "decisions": decisions,
                    "seconds": time.process_time() - begin,
                    "curve": curve,
                }


def summarise(rows: Sequence[dict[str, Any]]) -> str:
    """The table of medians over seeds, and what Tandem needs of what others need."""
    sets = list(dict.fromkeys(row["set"] for row in rows))
    names = list(dict.fromkeys(row["contender"] for row in rows))
    runs: dict[tuple[str, str], list[Any]] = {}
    for row in rows:
        runs.setdefault((row["set"], row["contender"]), []).append(row["decisions"])
    medians = {key: np.median(decisions, axis=0) for key, decisions in runs.items()}
    lines = ["| | " + " | ".join(sets) + " |", "|" + "---|" * (len(sets) + 1)]
    for name in names:
        cells = ["/".join(_number(one) for one in medians[label, name]) for label in sets]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    if "tandem" in names:
        lines += ["", "| Tandem against | decisions, geometric mean | bound | worst set |", "|---|---|---|---|"]
        lines += [_ratio(medians, sets, name) for name in names if name != "tandem"]
    return "\n".join(lines)


def _number(decisions: float) -> str:
    return "–" if decisions >= BUDGET else f"{decisions:.0f}"


def _ratio(medians: dict[tuple[str, str], Any], sets: Sequence[str], name: str) -> str:
    logs = {label: np.log(medians[label, "tandem"] / medians[label, name]) for label in sets}
    overall = float(np.exp(np.concatenate(list(logs.values())).mean()))
    worst = max(sets, key=lambda label: float(logs[label].mean()))
    bound = f"≤ {BOUNDS[name]}" if name in BOUNDS else ""
    return f"| {name} | {overall:.2f} | {bound} | {worst} {np.exp(logs[worst].mean()):.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cache", type=Path, help="where embeddings are kept between runs")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--only", nargs="+", default=list(CONTENDERS), choices=list(CONTENDERS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="every curve, not only the medians")
    parser.add_argument("--read", type=Path, nargs="+", help="tell what such files hold instead of measuring")
    parser.add_argument("--plot", type=Path, help="the curves as an SVG file")
    options = parser.parse_args()
    if options.read:
        rows = [row for file in options.read for row in json.loads(file.read_text("utf-8"))]
    else:
        rows = run_all(options)
    if options.json:
        options.json.write_text(json.dumps(rows), encoding="utf-8")
    if options.plot:
        options.plot.write_text(draw_curves(rows), encoding="utf-8")
    print(summarise(rows))


def run_all(options: argparse.Namespace) -> list[dict[str, Any]]:
    """All curves, each told as it comes."""
    if options.data is None or options.cache is None:
        raise SystemExit("Say where the sets are and where embeddings are kept: --data DIR --cache DIR")
    rows = []
    with threadpool_limits(limits=1):
        for row in measure(options):
            rows.append(row)
            print(json.dumps({name: value for name, value in row.items() if name != "curve"}), flush=True)
    return rows


if __name__ == "__main__":
    main()
