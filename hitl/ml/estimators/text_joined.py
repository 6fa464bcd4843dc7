"""Linear support vector machine on the words of texts and on what they mean together, with other columns beside them.

With few labels the many words drown the meaning; with some hundreds each adds what the other lacks (docs/methods.md).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.estimators import text_linear
from hitl.ml.estimators.contract import Estimator, Features, FoldFeatures, Parameters, Rows
from hitl.ml.inputs import columns_of, names_of

FEWEST_LABELS = 100
CANDIDATES: tuple[Parameters, ...] = (
    {"C": 0.3, "class_weight": "balanced"},
    {"C": 0.3, "class_weight": None},
    {"C": 1.0, "class_weight": "balanced"},
)


def suits(fields: Sequence[Field]) -> bool:
    """A text and what it means; numbers, categories and images are welcome."""
    return bool(names_of(fields, Role.TEXT)) and any(field.role is Role.EMBEDDING for field in fields)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """Inverse regularisation strength and class weight, from a hundred labels on."""
    return CANDIDATES if n_labels >= FEWEST_LABELS else ()


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: the blocks of words and letters, the embeddings as they are, one-against-rest machines."""
    apart = text_linear.build(fields, parameters, seed)
    embeddings = ("embeddings", "passthrough", columns_of(fields, Role.EMBEDDING))
    columns = ColumnTransformer([*apart["columns"].transformers, embeddings], sparse_threshold=1.0)
    return Pipeline([("columns", columns), ("classifier", apart["classifier"])])


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features of words as `text_linear` makes them, with the embeddings beside them."""
    words = text_linear.encode(inputs, fields)
    meanings = sp.csr_matrix(inputs[columns_of(fields, Role.EMBEDDING)].to_numpy(dtype=np.float64))

    def fold_features(train_rows: Rows, test_rows: Rows) -> tuple[Features, Features]:
        train, test = words(train_rows, test_rows)
        return sp.hstack([train, meanings[train_rows]]).tocsr(), sp.hstack([test, meanings[test_rows]]).tocsr()

    return fold_features


TEXT_JOINED = Estimator("text_joined", suits, candidates, build, encode)
