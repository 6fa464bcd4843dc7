"""Logistic regression on numbers and categories."""

from collections.abc import Sequence

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns, scaled_blocks
from hitl.ml.estimators.contract import Estimator, FoldFeatures, Parameters

STRENGTHS = (0.3, 0.03, 3.0)  # the usual one first


def suits(fields: Sequence[Field]) -> bool:
    """Numbers and categories, no text."""
    return bool(fields) and all(field.role in {Role.NUMBER, Role.CATEGORY} for field in fields)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """Inverse regularisation strength times class weight, the usual ones first."""
    return tuple({"C": strength, "class_weight": weight} for strength in STRENGTHS for weight in (None, "balanced"))


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: columns scaled or one-hot, multinomial logistic regression."""
    classifier = LogisticRegression(
        C=parameters["C"], class_weight=parameters["class_weight"], max_iter=300, random_state=seed
    )
    return Pipeline([("columns", scaled_columns(fields)), ("classifier", classifier)])


def scaled_columns(fields: Sequence[Field]) -> ColumnTransformer:
    """The dense columns step, also the space in which novelty of tabular items is measured."""
    return ColumnTransformer(scaled_blocks(fields), sparse_threshold=0.0)


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features by refitting: scaling a few columns is cheap."""
    return refitted_columns(inputs, lambda: scaled_columns(fields))


TABULAR_LINEAR = Estimator("tabular_linear", suits, candidates, build, encode, compared_by_log_loss=True)
