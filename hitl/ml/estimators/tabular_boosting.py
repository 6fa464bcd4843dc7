"""Gradient-boosted trees on numbers and categories."""

from collections.abc import Sequence

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns
from hitl.ml.estimators.contract import Estimator, FoldFeatures, Parameters
from hitl.ml.estimators.tabular_linear import suits
from hitl.ml.inputs import names_of

FEWEST_LABELS = 100  # a split needs 20 items on each side: below this the trees are stumps
MOST_CLASSES = 20  # a round grows one tree a class
LEAF_COUNTS = (4, 12)
MOST_CATEGORIES = 250  # a column has at most 255 bins


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:
    """Leaves a tree, small trees first; none where labels are few or classes many."""
    if n_labels < FEWEST_LABELS or n_classes > MOST_CLASSES:
        return ()
    return tuple({"max_leaf_nodes": leaf_count, "learning_rate": 0.1, "max_iter": 80} for leaf_count in LEAF_COUNTS)


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: categories as codes (unseen: −1), numbers as they are (missing allowed), boosted trees."""
    classifier = HistGradientBoostingClassifier(
        max_leaf_nodes=parameters["max_leaf_nodes"],
        learning_rate=parameters["learning_rate"],
        max_iter=parameters["max_iter"],
        early_stopping=False,
        random_state=seed,
    )
    return Pipeline([("columns", _coded_columns(fields)), ("classifier", classifier)])


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features by refitting: coding a few columns is cheap."""
    return refitted_columns(inputs, lambda: _coded_columns(fields))


def _coded_columns(fields: Sequence[Field]) -> ColumnTransformer:
    # Codes as plain numbers: splits on category sets were no better (decision 0003), and their fitted state holds
    # functions, which a model file must not.
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, max_categories=MOST_CATEGORIES)
    blocks = [
        ("categories", codes, names_of(fields, Role.CATEGORY)),
        ("numbers", "passthrough", names_of(fields, Role.NUMBER)),
    ]
    return ColumnTransformer([block for block in blocks if block[2]], sparse_threshold=0.0)


TABULAR_BOOSTING = Estimator("tabular_boosting", suits, candidates, build, encode, compared_by_log_loss=True)
