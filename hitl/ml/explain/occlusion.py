"""What each word and field adds to the answer of any model: how far the log odds fall where it is left out.

(Zeiler & Fergus 2014, doi:10.1007/978-3-319-10590-1_53, there for parts of images; Li, Monroe & Jurafsky 2016,
arXiv:1612.08220, for words.) A field without a value takes its missing one; a long text is left out in parts of some
words each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hitl.domain.fields import Field, Role
from hitl.ml.class_scores import class_log_proba
from hitl.ml.explain.explanation import FieldWeight, Stretch
from hitl.ml.explain.words import cut_words
from hitl.ml.fitted_model import FittedModel
from hitl.ml.inputs import input_columns
from hitl.ml.word_ngrams import quicker_columns

MOST_PARTS = 40
Values = Mapping[str, Any]
Prepare = Callable[[Sequence[Values]], pd.DataFrame]


@dataclass(frozen=True)
class _Gap:
    """An item without one of its parts: a field, or some characters of a text."""

    field: str
    start: int | None = None
    end: int | None = None


def occlude(
    model: FittedModel,
    rows: Sequence[Values],
    fields: Sequence[Field],
    places: NDArray[np.int64],
    against: NDArray[np.int64],
    prepare: Prepare,
) -> list[tuple[list[Stretch], list[FieldWeight]]]:
    """What the parts of each item add, all of them predicted in one batch.

    Parameters
    ----------
    model : FittedModel
    rows : sequence of mappings
        Field values of items.
    fields : sequence of Field
        What is left out in turn: texts word by word, others as a whole.
    places, against : ndarray of int64, shape (n_items,)
        Class and other class, by their places in the model's ``class_ids``.
    prepare : callable
        Field values to inputs, shape (n_items, n_columns).
    """
    gaps = [[gap for field in fields for gap in _gaps(row, field)] for row in rows]
    variants = [row for row, own in zip(rows, gaps, strict=True) for row in (row, *(_without(row, gap) for gap in own))]
    counts = [len(own) + 1 for own in gaps]
    log_odds = _log_odds(model, prepare(variants), np.repeat(places, counts), np.repeat(against, counts))
    parts = np.split(log_odds, np.cumsum(counts)[:-1])
    return [_weights(own, odds[0] - odds[1:]) for own, odds in zip(gaps, parts, strict=True)]


def _gaps(row: Values, field: Field) -> list[_Gap]:
    value = row.get(field.name)
    if value is None or value == "":
        return []
    if field.role is not Role.TEXT:
        return [_Gap(field.name)]
    words = cut_words(str(value))
    a_part = -(-len(words) // MOST_PARTS)
    parts = [words[first : first + a_part] for first in range(0, len(words), max(a_part, 1))]
    return [_Gap(field.name, part[0][0], part[-1][1]) for part in parts]


def _without(row: Values, gap: _Gap) -> Values:
    if gap.start is None:
        return {**row, gap.field: None}
    text = str(row[gap.field])
    return {**row, gap.field: f"{text[: gap.start]} {text[gap.end :]}".strip()}


def _log_odds(
    model: FittedModel, inputs: pd.DataFrame, places: NDArray[np.int64], against: NDArray[np.int64]
) -> NDArray[np.float64]:
    features = quicker_columns(model.pipeline["columns"]).transform(inputs[input_columns(model.fields)])
    log_proba = class_log_proba(model.pipeline["classifier"], features)
    rows = np.arange(len(log_proba))
    return log_proba[rows, places] - log_proba[rows, against]


def _weights(gaps: Sequence[_Gap], weights: NDArray[np.float64]) -> tuple[list[Stretch], list[FieldWeight]]:
    pairs = [(gap, float(weight)) for gap, weight in zip(gaps, weights, strict=True)]
    return (
        [Stretch(gap.field, gap.start, gap.end, weight) for gap, weight in pairs if gap.start is not None and gap.end],
        [FieldWeight(gap.field, weight) for gap, weight in pairs if gap.start is None],
    )
