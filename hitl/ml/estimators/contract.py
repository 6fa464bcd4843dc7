"""What every estimator offers to training."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role

Parameters = Mapping[str, float | str | None]
Rows = NDArray[np.int64]
Features = Any  # a numpy array or a scipy CSR array, shape (n_items, n_features)
FoldFeatures = Callable[[Rows, Rows], tuple[Features, Features]]


@dataclass(frozen=True)
class Estimator:
    """A way to learn classes from items.

    Attributes
    ----------
    name : str
        Names the estimator in a model version, for ever.
    suits : callable (fields) -> bool
        Whether it can learn from items with these learned fields.
    candidates : callable (n_labels, n_classes) -> tuple of Parameters
        What the search tries, the simplest first, or the usual one (`compared_by_log_loss`). Candidates differ in the
        classifier only, so that features are computed once a fold. Empty where the estimator would be too slow or has
        too few labels.
    build : callable (fields, parameters, seed) -> Pipeline
        An unfitted pipeline of two steps, "columns" and "classifier".
    encode : callable (inputs, fields) -> FoldFeatures
        Prepares what needs no labels once; the result takes (train_rows, test_rows) and gives the features of both
        as the step "columns" would, fitted on the train rows alone.
    ignores : frozenset of Role
        Learned fields of these roles are not read: a model of it is asked for without them.
    neighbour_space : callable (inputs, fields) -> ndarray, shape (n_items, n_features), optional
        Where items of the pool lie near labelled ones, for candidates that have an `unlabelled_weight`; None where it
        learns from labels alone.
    compared_by_log_loss : bool
        Whether its scores are probabilities as they stand, and its first candidate is the usual one: the search then
        tells by log loss what accuracy can't tell apart.
    """

    name: str
    suits: Callable[[Sequence[Field]], bool]
    candidates: Callable[[int, int], tuple[Parameters, ...]]
    build: Callable[[Sequence[Field], Parameters, int], Pipeline]
    encode: Callable[[pd.DataFrame, Sequence[Field]], FoldFeatures]
    ignores: frozenset[Role] = frozenset()
    neighbour_space: Callable[[pd.DataFrame, Sequence[Field]], NDArray[np.float32]] | None = None
    compared_by_log_loss: bool = False

    def reads(self, fields: Sequence[Field]) -> tuple[Field, ...]:
        """Those of the fields that a model of this estimator needs."""
        return tuple(field for field in fields if field.role not in self.ignores)
