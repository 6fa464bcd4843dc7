"""Why a model answers with a class and not with another: by its weights where they can be read, else by leaving out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hitl.domain.fields import Field, Role
from hitl.ml.explain.explanation import Explanation, FieldWeight, Stretch, weightiest
from hitl.ml.explain.linear import (
    FloatArray,
    LinearBlock,
    character_weights,
    linear_blocks,
    value_weights,
    weight_differences,
)
from hitl.ml.explain.occlusion import Prepare, Values, occlude
from hitl.ml.explain.words import cut_words
from hitl.ml.fitted_model import FittedModel
from hitl.ml.inputs import input_columns
from hitl.ml.word_ngrams import quicker_columns

_LEAST_LOG_ODDS = 0.01
_Weighed = tuple[list[Stretch], list[FieldWeight]]


def explain_items(
    model: FittedModel,
    rows: Sequence[Values],
    *,
    class_ids: NDArray[np.int64],
    against_ids: NDArray[np.int64],
    fields: Sequence[Field],
    prepare: Prepare,
) -> list[Explanation]:
    """What weighed in each item for its class against the other one.

    Parameters
    ----------
    model : FittedModel
    rows : sequence of mappings
        Field values of items, as ``prepare`` takes them.
    class_ids, against_ids : ndarray of int64, shape (n_items,)
        The class proposed and the runner-up, both among the model's.
    fields : sequence of Field
        Which may be named; of images nothing is said.
    prepare : callable
        Field values to inputs. Called anew for items with parts left out, where weights can't be read.
    """
    told = [field for field in fields if field.role in {Role.TEXT, Role.NUMBER, Role.CATEGORY}]
    if not rows or not told:
        return [Explanation() for _ in rows]
    places, against = (np.searchsorted(model.class_ids, ids) for ids in (class_ids, against_ids))
    blocks = linear_blocks(model.pipeline)
    by_weight = _readable(model, blocks)
    read = [field for field in told if field.name in by_weight]
    left_out = [field for field in told if field.name not in by_weight and field.name in _fields_of(model)]
    with threadpool_limits(limits=1):
        weighed = [_by_weights(model, blocks, rows, read, places, against, prepare)] if read else []
        weighed += [occlude(model, rows, left_out, places, against, prepare)] if left_out else []
    return [_explain(row, told, [part[number] for part in weighed]) for number, row in enumerate(rows)]


def field_of(column: str) -> str:
    r"""The field that a column of the inputs is made from: what is before its first separator.

    >>> field_of("photo" + chr(31) + "012"), field_of("note" + chr(30) + "words-1"), field_of("age")
    ('photo', 'note', 'age')
    """
    return column.partition("\x1f")[0].partition("\x1e")[0]


def _fields_of(model: FittedModel) -> set[str]:
    return {field_of(column) for column in input_columns(model.fields)}


def _readable(model: FittedModel, blocks: Sequence[LinearBlock]) -> set[str]:
    """The fields of which all features have weights that mean something."""
    if not blocks:
        return set()
    columns = model.pipeline["columns"]
    read = {(block.columns.start, block.columns.stop) for block in blocks}
    opaque: set[str] = set()
    for name, _, of in columns.transformers_:
        place = columns.output_indices_.get(name, slice(0, 0))
        if name != "remainder" and (place.start, place.stop) not in read:
            opaque |= {field_of(column) for column in ([of] if isinstance(of, str) else of)}
    return {field for block in blocks for field in block.fields} - opaque


def _by_weights(
    model: FittedModel,
    blocks: Sequence[LinearBlock],
    rows: Sequence[Values],
    fields: Sequence[Field],
    places: NDArray[np.int64],
    against: NDArray[np.int64],
    prepare: Prepare,
) -> list[_Weighed]:
    inputs = prepare(rows)[input_columns(model.fields)]
    features = quicker_columns(model.pipeline["columns"]).transform(inputs)
    pairs, number = np.unique(np.column_stack([places, against]), axis=0, return_inverse=True)
    weights = weight_differences(model.pipeline["classifier"], pairs[:, 0], pairs[:, 1])
    return [
        _weigh(blocks, {field.name: row.get(field.name) for field in fields}, features[[place]], weights[pair], fields)
        for place, (row, pair) in enumerate(zip(rows, number.ravel(), strict=True))
    ]


def _weigh(
    blocks: Sequence[LinearBlock],
    values: Mapping[str, Any],
    features: Any,
    weights: FloatArray,
    fields: Sequence[Field],
) -> _Weighed:
    stretches: list[Stretch] = []
    for field in fields:
        if field.role is Role.TEXT:
            own = [block for block in blocks if block.vectorizer is not None and block.fields == (field.name,)]
            stretches += _stretches(field.name, _text_of(values[field.name]), own, features, weights)
    added: dict[str, float] = {}
    for block in blocks:
        if block.vectorizer is None:
            added |= value_weights(block, features, weights)
    return stretches, [FieldWeight(field.name, added[field.name]) for field in fields if field.name in added]


def _stretches(
    field: str, text: str, blocks: Sequence[LinearBlock], features: Any, weights: FloatArray
) -> list[Stretch]:
    if not text.strip():
        return []
    added = np.sum([character_weights(block, text, features, weights) for block in blocks], axis=0)
    return [Stretch(field, start, end, float(added[start:end].sum())) for start, end in cut_words(text)]


def _explain(row: Values, fields: Sequence[Field], weighed: Sequence[_Weighed]) -> Explanation:
    stretches = [one for part in weighed for one in part[0]]
    texts = [
        (field.name, _text_of(row.get(field.name)), [one for one in stretches if one.field == field.name])
        for field in fields
        if field.role is Role.TEXT
    ]
    return weightiest(texts, [one for part in weighed for one in part[1]], least=_LEAST_LOG_ODDS)


def _text_of(value: object) -> str:
    return "" if value is None else str(value)
