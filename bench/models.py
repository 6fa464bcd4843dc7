"""How good, how honest and how fast models are at few labels, against what one would write first.

Seconds are of CPU: training uses one thread, and neighbours on the machine do not count.

    python -m bench.models --data DIR                      the table of docs/methods.md
    python -m bench.models --data DIR --sets sms --sizes 50 200 --seeds 1
    python -m bench.models --data DIR --novelty            a class the model never saw against those it did

DIR holds CSV files with a column `label`: sms, banking77, agnews, mr (`text`) and telco (mixed columns).
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hitl.domain.fields import Field, Role
from hitl.ml.calibration import expected_calibration_error
from hitl.ml.class_scores import class_log_proba
from hitl.ml.column_roles import propose_roles
from hitl.ml.folds import stratified_rows
from hitl.ml.inputs import names_of, prepare_inputs
from hitl.ml.prediction import predict_items
from hitl.ml.training import TrainingResult, train_model

SETS = ("sms", "banking77", "agnews", "mr", "telco")
SIZES = (50, 200, 600, 1_000)
MOST_TEST_ROWS = 1_500
TEST_SHARE = 0.25
ACCEPT_AT = 0.9
NOVELTY_LABELS = 1_000
NOVELTY_CLASSES = 8


class Labelled:
    """One file: inputs, classes, and a test part that is the same for every size and seed."""

    def __init__(self, path: Path) -> None:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        self.name = path.stem
        self.fields = _fields_of(frame)
        self.inputs = prepare_inputs(frame, self.fields)
        self.class_names, codes = np.unique(frame["label"], return_inverse=True)
        self.y = codes.astype(np.int64)
        self.test = stratified_rows(self.y, min(MOST_TEST_ROWS, int(TEST_SHARE * len(frame))), 0)
        self.rest = np.setdiff1d(np.arange(len(frame)), self.test)

    def drawn(self, size: int, seed: int) -> np.ndarray:
        """Rows of a training set drawn at random, as people would meet them; all where there are no more."""
        if size >= len(self.rest):
            return self.rest
        return np.sort(np.random.default_rng([seed, size]).choice(self.rest, size=size, replace=False))

    def train(self, rows: np.ndarray) -> TrainingResult:
        return train_model(
            self.inputs.iloc[rows].reset_index(drop=True),
            self.y[rows],
            fields=self.fields,
            seed=0,
            tick=lambda share, what: None,  # noqa: ARG005
        )


def _fields_of(frame: pd.DataFrame) -> tuple[Field, ...]:
    proposed = [Field(one.name, one.role) for one in propose_roles(frame.head(2_000))]
    return tuple(field for field in proposed if field.role in {Role.TEXT, Role.NUMBER, Role.CATEGORY})


def measure(labelled: Labelled, size: int, seed: int) -> Iterator[dict[str, Any]]:
    """A row each for our model, for its scores without calibration, and for the plain pipeline."""
    rows = labelled.drawn(size, seed)
    about = {"set": labelled.name, "labels": len(rows), "seed": seed}
    started = time.process_time()
    result = labelled.train(rows)
    seconds = time.process_time() - started
    test_inputs, truth = labelled.inputs.iloc[labelled.test], labelled.y[labelled.test]
    answers = predict_items(result.model, test_inputs)
    chosen = {"estimator": result.model.estimator, **result.model.parameters}
    numbers = _numbers(answers.class_ids == truth, answers.confidence, answers.accept_score)
    yield about | {"model": "tandem"} | numbers | {"seconds": seconds, "chosen": chosen}
    pipeline = result.model.pipeline
    features = pipeline["columns"].transform(test_inputs[[field.name for field in result.model.fields]])
    raw = np.exp(class_log_proba(pipeline["classifier"], features)).max(axis=1)
    yield about | {"model": "tandem, not calibrated"} | _numbers(answers.class_ids == truth, raw, raw)
    yield about | {"model": "plain"} | _plain(labelled, rows)


def _plain(labelled: Labelled, rows: np.ndarray) -> dict[str, Any]:
    """Default TF-IDF (or one-hot and scaling) and default logistic regression: what a tutorial shows."""
    texts = names_of(labelled.fields, Role.TEXT)
    if texts:
        columns = make_column_transformer(*[(TfidfVectorizer(), name) for name in texts])
    else:
        columns = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), names_of(labelled.fields, Role.CATEGORY)),
            (StandardScaler(), names_of(labelled.fields, Role.NUMBER)),
        )
    inputs = labelled.inputs.fillna(0.0)
    started = time.process_time()
    model = make_pipeline(columns, LogisticRegression(max_iter=1_000)).fit(inputs.iloc[rows], labelled.y[rows])
    seconds = time.process_time() - started
    proba = model.predict_proba(inputs.iloc[labelled.test])
    is_right = model.classes_[proba.argmax(axis=1)] == labelled.y[labelled.test]
    return _numbers(is_right, proba.max(axis=1), proba.max(axis=1)) | {"seconds": seconds}


def _numbers(is_right: np.ndarray, confidence: np.ndarray, accept_score: np.ndarray) -> dict[str, Any]:
    accepted = accept_score >= ACCEPT_AT
    return {
        "accuracy": float(is_right.mean()),
        "ece": expected_calibration_error(confidence, is_right),
        "accepted": float(accepted.mean()),
        "error_accepted": float(1.0 - is_right[accepted].mean()) if accepted.any() else None,
    }


def measure_novelty(labelled: Labelled, seed: int) -> Iterator[dict[str, Any]]:
    """How well novelty and low confidence rank items of a class left out above those of classes known."""
    counts = np.bincount(labelled.y)
    for left_out in np.argsort(-counts, kind="stable")[:NOVELTY_CLASSES]:
        known = labelled.rest[labelled.y[labelled.rest] != left_out]
        size = min(NOVELTY_LABELS, len(known))
        rows = np.sort(np.random.default_rng([seed, int(left_out)]).choice(known, size=size, replace=False))
        test = np.union1d(labelled.test, labelled.rest[labelled.y[labelled.rest] == left_out])
        is_strange = labelled.y[test] == left_out
        answers = predict_items(labelled.train(rows).model, labelled.inputs.iloc[test])
        yield {
            "set": labelled.name,
            "left_out": str(labelled.class_names[left_out]),
            "labels": size,
            "auroc_novelty": float(roc_auc_score(is_strange, answers.novelty)),
            "auroc_low_confidence": float(roc_auc_score(is_strange, -answers.confidence)),
            "stopped_strange": float((answers.novelty[is_strange] >= 0.98).mean()),
            "stopped_known": float((answers.novelty[~is_strange] >= 0.98).mean()),
        }


def table(rows: list[dict[str, Any]], keys: list[str]) -> str:
    """Means over seeds as Markdown."""
    numbers = [name for name in rows[0] if isinstance(rows[0][name], float) and name != "seed"]
    grouped = pd.DataFrame(rows).groupby(keys, sort=False)[numbers].mean(numeric_only=True).reset_index()
    lines = ["| " + " | ".join(grouped.columns) + " |", "|" + "---|" * len(grouped.columns)]
    for values in grouped.itertuples(index=False):
        cells = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in values]
        lines.append("| " + " | ".join("–" if cell == "nan" else cell for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--full", action="store_true", help="also train on all labels that are not in the test part")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--novelty", action="store_true")
    parser.add_argument("--json", type=Path, help="every row, not only the means")
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for name in options.sets:
        labelled = Labelled(options.data / f"{name}.csv")
        for row in _all_rows(labelled, options):
            rows.append(row)
            print(json.dumps(row), flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print(table(rows, ["set", "left_out"] if options.novelty else ["set", "labels", "model"]))


def _all_rows(labelled: Labelled, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if options.novelty:
        yield from measure_novelty(labelled, 0)
        return
    for size in options.sizes:
        for seed in range(options.seeds):
            yield from measure(labelled, size, seed)
    if options.full:
        yield from measure(labelled, len(labelled.rest), 0)


if __name__ == "__main__":
    main()
