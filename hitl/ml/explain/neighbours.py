"""The items nearest to an item among those that are decided, by the cosine of the features that the model has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from hitl.ml.fitted_model import FittedModel
from hitl.ml.inputs import input_columns
from hitl.ml.word_ngrams import quicker_columns

NEIGHBOURS = 3
LEAST_COSINE = {"sparse": 0.15, "dense": 0.5}
"""Below it two items are not alike: of n-grams most pairs share a little, of other features half of all pairs do."""


@dataclass(frozen=True)
class Neighbourhood:
    """Decided items, each with the direction of its features.

    Attributes
    ----------
    keys : ndarray of int64, shape (n_items,)
        Whatever names the items; among equally near ones the smaller key comes first.
    group_ids : ndarray of int64, shape (n_items,)
    directions : shape (n_items, n_features), sparse or dense, rows of unit length or zero
    """

    keys: NDArray[np.int64]
    group_ids: NDArray[np.int64]
    directions: Any


def build_neighbourhood(
    model: FittedModel, inputs: pd.DataFrame, keys: Sequence[int], group_ids: Sequence[int]
) -> Neighbourhood:
    """The neighbourhood of some items, shape of ``inputs`` (n_items, n_columns)."""
    order = np.argsort(np.asarray(keys, dtype=np.int64), kind="stable")
    return Neighbourhood(
        np.asarray(keys, dtype=np.int64)[order],
        np.asarray(group_ids, dtype=np.int64)[order],
        _directions(model, inputs.iloc[order]),
    )


def find_nearest(
    model: FittedModel, inputs: pd.DataFrame, group_ids: Sequence[int], neighbourhood: Neighbourhood
) -> list[tuple[int, ...]]:
    """The keys of each item's nearest items, at most ``NEIGHBOURS``, nearest first; one of a group, never its own.

    Parameters
    ----------
    model : FittedModel
    inputs : DataFrame, shape (n_items, n_columns)
    group_ids : sequence of int, length n_items
    neighbourhood : Neighbourhood
    """
    if not len(neighbourhood.keys) or inputs.empty:
        return [() for _ in group_ids]
    directions = _directions(model, inputs)
    is_sparse = sp.issparse(directions)
    with threadpool_limits(limits=1):
        cosines = directions @ neighbourhood.directions.T
    cosines = np.round(cosines.toarray() if is_sparse else np.asarray(cosines), 9)  # so that equal ones are equal
    least = LEAST_COSINE["sparse" if is_sparse else "dense"]
    return [_pick(row, own, neighbourhood, least) for row, own in zip(cosines, group_ids, strict=True)]


def _directions(model: FittedModel, inputs: pd.DataFrame) -> Any:
    if inputs.empty:
        return np.empty((0, 0))
    columns = model.pipeline["columns"] if model.novelty.columns is None else model.novelty.columns
    with threadpool_limits(limits=1):
        return normalize(quicker_columns(columns).transform(inputs[input_columns(model.fields)]))


def _pick(cosines: NDArray[np.float64], own: int, neighbourhood: Neighbourhood, least: float) -> tuple[int, ...]:
    picked: dict[int, int] = {}
    for place in np.argsort(-cosines, kind="stable"):
        if len(picked) == NEIGHBOURS or cosines[place] < least:
            break
        group_id = int(neighbourhood.group_ids[place])
        if group_id != own and group_id not in picked:
            picked[group_id] = int(neighbourhood.keys[place])
    return tuple(picked.values())
