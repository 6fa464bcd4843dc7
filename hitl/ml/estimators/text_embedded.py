"""Logistic regression on what texts mean, by a sentence encoder, with numbers, categories and images beside it.

With few labels it learns from the pool too, by labels that flow to near texts (`label_spreading`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns, scaled_blocks
from hitl.ml.estimators.contract import Estimator, Features, FoldFeatures, Parameters, Rows
from hitl.ml.inputs import columns_of
from hitl.ml.label_spreading import HARDLY, MOST_LABELS

STRENGTHS_WITH_POOL = (50.0, 10.0, 2.0)
ALONE: tuple[Parameters, ...] = (
    {"C": 1.0, "class_weight": "balanced", "unlabelled_weight": 0.0},
    {"C": 10.0, "class_weight": "balanced", "unlabelled_weight": 0.0},
    {"C": 10.0, "class_weight": None, "unlabelled_weight": 0.0},
    {"C": 50.0, "class_weight": None, "unlabelled_weight": 0.0},
)
"""Rows of unit length need a weak penalty: scikit-learn's usual 1.0 leaves many classes far from fitted."""
PULL = 250.0  # C times labels a class where a model was good with few of them and with many (docs/methods.md)
MANY_CLASSES = 20  # a fit takes seconds: four strengths the less
MOST_STEPS = 300


def suits(fields: Sequence[Field]) -> bool:
    """At least one embedding; numbers, categories and images are welcome."""
    return any(field.role is Role.EMBEDDING for field in fields)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:
    """Up to `MOST_LABELS` those with the pool first, of these the strength first that suits so many labels a class.

    The last of these hardly trusts the pool.
    """
    suited = np.log(PULL * n_classes / n_labels)
    strengths = sorted(STRENGTHS_WITH_POOL, key=lambda strength: float(abs(np.log(strength) - suited)))
    with_pool: list[Parameters] = [
        {"C": strength, "class_weight": "balanced", "unlabelled_weight": 1.0} for strength in strengths
    ]
    alone = ALONE
    if n_classes > MANY_CLASSES:
        with_pool, alone = with_pool[:1], ALONE[1:3]
    with_pool.append({**with_pool[0], "unlabelled_weight": HARDLY})
    return (*with_pool, *alone) if n_labels <= MOST_LABELS else alone


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: embeddings as they are, other columns scaled, multinomial logistic regression."""
    # Where it learns from guesses, the rows' own weights balance the classes.
    class_weight = None if parameters.get("unlabelled_weight") else parameters["class_weight"]
    classifier = LogisticRegression(
        C=parameters["C"], class_weight=class_weight, max_iter=MOST_STEPS, random_state=seed
    )
    return Pipeline([("columns", embedded_columns(fields)), ("classifier", classifier)])


def embedded_columns(fields: Sequence[Field]) -> ColumnTransformer:
    """The dense columns step: embeddings first, then what `scaled_blocks` makes of the rest."""
    embeddings = ("embeddings", "passthrough", columns_of(fields, Role.EMBEDDING))
    return ColumnTransformer([embeddings, *scaled_blocks(fields)], sparse_threshold=0.0)


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features from embeddings taken out once for all folds; by refitting where other columns are scaled too."""
    if scaled_blocks(fields):
        return refitted_columns(inputs, lambda: embedded_columns(fields))
    meanings = neighbour_space(inputs, fields)

    def fold_features(train_rows: Rows, test_rows: Rows) -> tuple[Features, Features]:
        # Laid out as the columns step lays them out: products are the same to the last bit.
        return np.asfortranarray(meanings[train_rows]), np.asfortranarray(meanings[test_rows])

    return fold_features


def neighbour_space(inputs: pd.DataFrame, fields: Sequence[Field]) -> NDArray[np.float32]:
    """The embeddings alone."""
    return np.asarray(inputs[columns_of(fields, Role.EMBEDDING)], dtype=np.float32)


TEXT_EMBEDDED = Estimator(
    "text_embedded",
    suits,
    candidates,
    build,
    encode,
    ignores=frozenset({Role.TEXT}),
    neighbour_space=neighbour_space,
)
