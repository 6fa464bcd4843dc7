"""Why an answer: what explaining costs, for each kind of model.

    python -m bench.why --data DIR [--labels 1000]

DIR holds ``sms.csv``, ``banking77.csv``, ``agnews.csv`` (columns ``text,label``) and ``telco.csv``; the digits are
scikit-learn's. A model is trained on some labels, 200 other items are predicted and explained in steps of 25 with up to
3,000 decided ones around them, then one alone. Seconds are of CPU, on one thread.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hitl.adapters.encoders.registry import default_encoder
from hitl.adapters.image_files import make_picture, read_pixels
from hitl.adapters.ink import draw_ink
from hitl.adapters.text_embeddings import embed_unkept
from hitl.domain.fields import Field, Role, embedded_fields
from hitl.ml.digits import MOST_INK, load_digits
from hitl.ml.estimators import registry
from hitl.ml.estimators.registry import ESTIMATORS
from hitl.ml.estimators.tabular_boosting import TABULAR_BOOSTING
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.explain.neighbours import build_neighbourhood, find_nearest
from hitl.ml.explain.reasons import explain_items
from hitl.ml.fitted_model import FittedModel
from hitl.ml.image_features import describe_images
from hitl.ml.inputs import input_columns, prepare_inputs
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model

HEAD, STEP, AROUND = 200, 25, 3_000
TEXT = (Field("text", Role.TEXT),)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=1_000)
    parser.add_argument("--sets", nargs="+", default=["sms", "banking77", "agnews", "telco", "digits"])
    parser.add_argument("--show", type=int, default=0, help="print what is said of that many items")
    options = parser.parse_args()
    print("| set | model | classes | ms an item alone | s for 200 items | s for what is around them | bytes stored |")
    print("|---|---|---|---|---|---|---|")
    for name in options.sets:
        rows, names, fields = _digits() if name == "digits" else _read(options.data / f"{name}.csv")
        known, y = np.unique(names, return_inverse=True)
        model = _train(rows[: options.labels], y[: options.labels], fields)
        measure(name, model, rows, fields, len(known), labels=options.labels, show=options.show)
        if fields == TEXT:
            embedded = (*TEXT, *embedded_fields(TEXT, default_encoder().recipe))
            reading = _train(rows[: options.labels], y[: options.labels], embedded, estimators=(TEXT_EMBEDDED,))
            measure(name, reading, rows, fields, len(known), labels=options.labels, show=options.show)
        if model.estimator == "tabular_linear":
            boosted = _boosted(model, rows[: options.labels], y[: options.labels], fields)
            measure(name, boosted, rows, fields, len(known), labels=options.labels, show=options.show)


def measure(name: str, model: FittedModel, rows, fields, class_count: int, *, labels: int, show: int) -> None:
    head, around = rows[labels : labels + HEAD], rows[labels + HEAD : labels + HEAD + AROUND]

    def prepare(values):
        return prepare_inputs(pd.DataFrame(embed_unkept(model.fields)(list(values))), model.fields)

    begin = time.process_time()
    neighbourhood = build_neighbourhood(model, prepare(around), range(len(around)), range(len(around)))
    built = time.process_time()
    found = [
        one
        for first in range(0, HEAD, STEP)
        for one in _explain(model, head[first : first + STEP], fields, prepare, neighbourhood)
    ]
    done = time.process_time()
    alone = [_timed(lambda row=row: _explain(model, [row], fields, prepare, neighbourhood)) for row in head[:20]]
    stored = [len(json.dumps([_stored(one), near])) for one, near in found]
    median, most = 1000 * np.median(alone), 1000 * max(alone)
    print(
        f"| {name} | {model.estimator} | {class_count} | {median:.0f} (at most {most:.0f})"
        f" | {done - built:.2f} | {built - begin:.2f} | {np.mean(stored):.0f} (at most {max(stored)}) |",
        flush=True,
    )
    for row, (one, near) in list(zip(head, found, strict=True))[:show]:
        _show(row, one, near, around)


def _read(path: Path):
    frame = pd.read_csv(path).sample(frac=1.0, random_state=0).reset_index(drop=True)
    columns = [column for column in frame.columns if column != "label"]
    fields = TEXT if "text" in frame else tuple(_field(frame, column) for column in columns)
    values = frame[[field.name for field in fields]].astype(object).where(frame.notna(), None)
    return values.to_dict("records"), frame["label"].astype(str).to_numpy(), fields


def _digits():
    digits = load_digits(seed=0)
    pixels = np.stack([read_pixels(make_picture(draw_ink(one / MOST_INK)).data) for one in digits.ink])
    rows = [{"drawing": features} for features in describe_images(pixels)]
    return rows, np.array(digits.names), (Field("drawing", Role.IMAGE),)


def _boosted(model: FittedModel, rows: list[dict], y: np.ndarray, fields: tuple[Field, ...]) -> FittedModel:
    """The same labels learned by boosted trees, whichever the search chose."""
    pipeline = TABULAR_BOOSTING.build(fields, TABULAR_BOOSTING.candidates(len(y), 2)[0], 0)
    inputs = prepare_inputs(pd.DataFrame(rows), fields)[input_columns(model.fields)]
    pipeline["classifier"].fit(pipeline["columns"].fit_transform(inputs), y)
    novelty = replace(model.novelty, columns=model.pipeline["columns"])
    return replace(model, estimator="tabular_boosting", pipeline=pipeline, novelty=novelty)


def _train(rows: list[dict], y: np.ndarray, fields: tuple[Field, ...], estimators=ESTIMATORS) -> FittedModel:
    registry.ESTIMATORS = estimators
    inputs = prepare_inputs(pd.DataFrame(embed_unkept(fields)(rows)), fields)
    return train_model(inputs, y.astype(np.int64), fields=fields, seed=0, tick=lambda _share, _what: None).model


def _explain(model, rows, fields, prepare, neighbourhood):
    inputs = prepare(rows)
    answers = predict_items(model, inputs)
    ids = {"class_ids": answers.class_ids, "against_ids": answers.runner_up_ids}
    found = explain_items(model, rows, fields=fields, prepare=prepare, **ids)
    return list(zip(found, find_nearest(model, inputs, [-1] * len(rows), neighbourhood), strict=True))


def _timed(work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _field(frame: pd.DataFrame, column: str) -> Field:
    return Field(column, Role.NUMBER if pd.api.types.is_numeric_dtype(frame[column]) else Role.CATEGORY)


def _stored(one):
    return [[word.field, word.start, word.end, word.weight] for word in one.words], [one.field for one in one.fields]


def _show(row, one, near, around):
    words = [f"{row[word.field][word.start : word.end]!r} {word.weight:+.2f}" for word in one.words]
    print(
        "  ",
        *[f"{value}" for value in row.values()][:1],
        "→",
        *words,
        *[f"{f.field} {f.weight:+.2f}" for f in one.fields],
    )
    for key in near:
        print("      ~", *list(around[key].values())[:1])


if __name__ == "__main__":
    main()
