"""Linear support vector machine on word and character n-grams, with numbers and categories beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import scaled_blocks
from hitl.ml.estimators.contract import Estimator, Features, FoldFeatures, Parameters, Rows
from hitl.ml.inputs import names_of

STRENGTHS = (0.3, 1.0, 3.0)
STRENGTHS_OF_MANY_CLASSES = (0.3, 1.0)
MANY_CLASSES = 20  # one machine a class: the third strength is not worth half as much time again
TOLERANCE = 0.01  # the same accuracy as 1e-4 on four data sets, in 60 to 80 % of the time
# `\A` gives a text without a word the empty word, so that no column is ever without a vocabulary.
WORDS: dict[str, Any] = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b|\A", "max_features": 20_000}
CHARACTERS: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (3, 5), "max_features": 40_000}


def suits(fields: Sequence[Field]) -> bool:
    """At least one text; numbers and categories are welcome."""
    return bool(names_of(fields, Role.TEXT))


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """Inverse regularisation strength times class weight, the simplest first."""
    strengths = STRENGTHS_OF_MANY_CLASSES if n_classes > MANY_CLASSES else STRENGTHS
    return tuple({"C": strength, "class_weight": weight} for strength in strengths for weight in (None, "balanced"))


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: TF-IDF a text field and n-gram kind, then one-against-rest linear machines."""
    vectorizers = [
        (f"{name} {kind}", TfidfVectorizer(sublinear_tf=True, **options), name)
        for name, kind, options in _text_blocks(fields)
    ]
    columns = ColumnTransformer([*vectorizers, *scaled_blocks(fields)], sparse_threshold=1.0)
    classifier = LinearSVC(C=parameters["C"], class_weight=parameters["class_weight"], tol=TOLERANCE, random_state=seed)
    return Pipeline([("columns", columns), ("classifier", classifier)])


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features from n-grams counted once for all folds.

    Cutting texts into n-grams is most of the time of a fit and learns nothing from labels or from other items.
    What does learn (which n-grams occur, their weights) is fitted on each fold's train rows: the features are those
    of the pipeline's own step but for the last bit.
    """
    blocks = [_count(inputs[name], options) for name, _, options in _text_blocks(fields)]

    def fold_features(train_rows: Rows, test_rows: Rows) -> tuple[Features, Features]:
        pairs = [_weigh(block, train_rows, test_rows) for block in blocks]
        pairs += _scaled(inputs, fields, train_rows, test_rows)
        return sp.hstack([pair[0] for pair in pairs]).tocsr(), sp.hstack([pair[1] for pair in pairs]).tocsr()

    return fold_features


@dataclass(frozen=True)
class _CountedBlock:
    """n-gram counts of one text field, shape (n_items, n_ngrams), columns in alphabetical order."""

    counts: sp.csr_matrix
    limit: int


def _text_blocks(fields: Sequence[Field]) -> list[tuple[str, str, dict[str, Any]]]:
    kinds = (("words", WORDS), ("characters", CHARACTERS))
    return [(name, kind, options) for name in names_of(fields, Role.TEXT) for kind, options in kinds]


def _count(texts: pd.Series, options: dict[str, Any]) -> _CountedBlock:
    counts = CountVectorizer(**{**options, "max_features": None}).fit_transform(texts)
    return _CountedBlock(counts, options["max_features"])


def _weigh(block: _CountedBlock, train_rows: Rows, test_rows: Rows) -> tuple[Features, Features]:
    train_counts = block.counts[train_rows]
    kept = _most_frequent(train_counts, block.limit)
    weights = TfidfTransformer(sublinear_tf=True).fit(train_counts[:, kept])
    return weights.transform(train_counts[:, kept]), weights.transform(block.counts[test_rows][:, kept])


def _most_frequent(counts: sp.csr_matrix, limit: int) -> Rows:
    totals = np.asarray(counts.sum(axis=0)).ravel()
    present = np.flatnonzero(totals)
    if len(present) > limit:  # among equals the choice is argsort's, as in CountVectorizer
        present = np.sort(present[(-totals[present]).argsort()[:limit]])
    return present


def _scaled(
    inputs: pd.DataFrame, fields: Sequence[Field], train_rows: Rows, test_rows: Rows
) -> list[tuple[Features, Features]]:
    blocks = scaled_blocks(fields)
    if not blocks:
        return []
    columns = ColumnTransformer(blocks)
    train_features = columns.fit_transform(inputs.iloc[train_rows])
    return [(sp.csr_matrix(train_features), sp.csr_matrix(columns.transform(inputs.iloc[test_rows])))]


TEXT_LINEAR = Estimator("text_linear", suits, candidates, build, encode, ignores=frozenset({Role.EMBEDDING}))
