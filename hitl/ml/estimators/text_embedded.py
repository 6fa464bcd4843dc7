"""Logistic regression on what texts mean, by a sentence encoder, with numbers, categories and images beside it."""

from collections.abc import Sequence

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns, scaled_blocks
from hitl.ml.estimators.contract import Estimator, FoldFeatures, Parameters
from hitl.ml.inputs import columns_of

STRENGTHS = (1.0, 10.0, 100.0)
"""Rows of unit length need a weak penalty: scikit-learn's usual 1.0 leaves them far from fitted."""
MOST_STEPS = 300


def suits(fields: Sequence[Field]) -> bool:
    """At least one embedding; numbers, categories and images are welcome."""
    return any(field.role is Role.EMBEDDING for field in fields)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """Inverse regularisation strength times class weight, the simplest first."""
    return tuple({"C": strength, "class_weight": weight} for strength in STRENGTHS for weight in (None, "balanced"))


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: embeddings as they are, other columns scaled, multinomial logistic regression."""
    classifier = LogisticRegression(
        C=parameters["C"], class_weight=parameters["class_weight"], max_iter=MOST_STEPS, random_state=seed
    )
    return Pipeline([("columns", embedded_columns(fields)), ("classifier", classifier)])


def embedded_columns(fields: Sequence[Field]) -> ColumnTransformer:
    """The dense columns step: embeddings first, then what `scaled_blocks` makes of the rest."""
    embeddings = ("embeddings", "passthrough", columns_of(fields, Role.EMBEDDING))
    return ColumnTransformer([embeddings, *scaled_blocks(fields)], sparse_threshold=0.0)


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features by refitting: texts are encoded before, and scaling a few columns is cheap."""
    return refitted_columns(inputs, lambda: embedded_columns(fields))


TEXT_EMBEDDED = Estimator("text_embedded", suits, candidates, build, encode, ignores=frozenset({Role.TEXT}))
