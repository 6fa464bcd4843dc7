"""How unlike the training data an item is, as a percentile of the training items' own out-of-fold distances.

Two measures, their percentiles averaged: mean distance to the five nearest prototypes, and distance to the nearest
class mean. Sparse features (text) are compared by cosine; dense ones (tabular) by Euclid and by Mahalanobis. The
distance of a training item to a training set that holds it is no reference: percentiles are against distances from
other folds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf
from sklearn.preprocessing import normalize

from hitl.ml.estimators.contract import Features, FoldFeatures
from hitl.ml.folds import balanced_rows

FloatArray = NDArray[np.float64]

MOST_PROTOTYPES = 1_000
MOST_REFERENCES = 2_000
NEIGHBOURS = 5
RIDGE = 1e-3  # one-hot columns sum to one, and classes of one item have no spread: both singular without it
BLOCK_ROWS = 2_000  # bounds the distance matrix to 16 MB
FREQUENT_SHARE = 1 / 8  # a column that more rows hold is multiplied sooner with its zeros than without them
MOST_FREQUENT = 2_000  # bounds the dense parts to 16 MB beside 1,000 prototypes, and to 32 MB of a block


@dataclass(frozen=True)
class CosineSpace:
    """Prototypes and class means among sparse features.

    Attributes
    ----------
    prototypes : CSR matrix, shape (n_prototypes, n_features), rows of unit length
    class_means : CSR matrix, shape (n_classes, n_features), rows of unit length
    """

    prototypes: sp.csr_matrix
    class_means: sp.csr_matrix


@dataclass(frozen=True)
class MetricSpace:
    """Prototypes among dense features, with the spread that classes share.

    Attributes
    ----------
    prototypes : ndarray, shape (n_prototypes, n_features)
    class_means : ndarray, shape (n_classes, n_features)
    whitening : ndarray, shape (n_features, n_features)
        Cholesky factor of the precision shared by all classes.
    """

    prototypes: FloatArray
    class_means: FloatArray
    whitening: FloatArray


NoveltySpace = CosineSpace | MetricSpace


@dataclass(frozen=True)
class NoveltyModel:
    """A space with the distances that training items have in it.

    Attributes
    ----------
    columns : fitted transformer or None
        Makes the features of the space from inputs; None where the classifier's own features serve.
    space : CosineSpace or MetricSpace
    measure_references : ndarray, shape (n_measures, n_references), rows sorted
    novelty_references : ndarray, shape (n_references,), sorted
    """

    columns: Any
    space: NoveltySpace
    measure_references: FloatArray
    novelty_references: FloatArray


def fit_novelty(
    columns: Any, features: Features, y: NDArray[np.int64], distances: FloatArray, seed: int
) -> NoveltyModel:
    """The space of all training items, read against their out-of-fold distances.

    Parameters
    ----------
    columns : fitted transformer or None
    features : shape (n_items, n_features)
    y : ndarray of int, shape (n_items,)
    distances : ndarray, shape (n_references, n_measures)
        From `out_of_fold_distances`.
    seed : int
    """
    measure_references = np.sort(distances.T, axis=1)
    novelty_references = np.sort(_mean_percentile(distances, measure_references))
    return NoveltyModel(columns, fit_space(features, y, seed), measure_references, novelty_references)


def novelty_percentiles(model: NoveltyModel, features: Features) -> FloatArray:
    """Share of reference items that are less novel, rank/(n + 1), shape (n_items,), [0, 1)."""
    distances = distances_to(model.space, features)
    return percentiles(_mean_percentile(distances, model.measure_references), model.novelty_references)


def out_of_fold_distances(
    fold_features: FoldFeatures,
    folds: NDArray[np.int64],
    y: NDArray[np.int64],
    rows: NDArray[np.int64],
    seed: int,
) -> Iterable[FloatArray]:
    """Distances of each fold's items to a space fitted on the other folds, a block a fold.

    Parameters
    ----------
    fold_features : callable
        From an estimator's `encode`.
    folds, y : ndarray of int, shape (n_items,)
    rows : ndarray of int
        The rows that serve as references; spaces are fitted on the others' folds, at most `MOST_REFERENCES` rows.
    seed : int
    """
    for fold in np.unique(folds[rows]):
        test_rows = rows[folds[rows] == fold]
        train_rows = np.flatnonzero(folds != fold)
        train_features, test_features = fold_features(train_rows, test_rows)
        yield distances_to(fit_space(train_features, y[train_rows], seed), test_features)


def fit_space(features: Features, y: NDArray[np.int64], seed: int) -> NoveltySpace:
    """Prototypes, as equally many of each class as there are, and class means; for dense features their precision."""
    prototypes = features[balanced_rows(y, MOST_PROTOTYPES, seed)]
    if sp.issparse(features):
        return CosineSpace(normalize(prototypes), _unit_class_means(features, y))
    rows = balanced_rows(y, MOST_REFERENCES, seed)
    return MetricSpace(prototypes, *_shared_precision(features[rows], y[rows]))


def distances_to(space: NoveltySpace, features: Features) -> FloatArray:
    """Distances of items to the space, shape (n_items, n_measures), [0, ∞)."""
    measure = _cosine_measure(space) if isinstance(space, CosineSpace) else partial(_metric_distances, space)
    starts = range(0, features.shape[0], BLOCK_ROWS)
    return np.vstack([measure(features[start : start + BLOCK_ROWS]) for start in starts])


def percentiles(values: FloatArray, references: FloatArray) -> FloatArray:
    """Share of sorted references below each value, rank/(n + 1): the chance that one more reference lies below.

    Examples
    --------
    >>> percentiles(np.array([0.5, 2.5, 9.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [0.0, 0.5, 0.75]
    """
    return np.searchsorted(references, values, side="left") / (len(references) + 1)


def _mean_percentile(distances: FloatArray, measure_references: FloatArray) -> FloatArray:
    columns = zip(distances.T, measure_references, strict=True)
    return np.asarray(np.mean([percentiles(values, references) for values, references in columns], axis=0))


def _cosine_measure(space: CosineSpace) -> Callable[[sp.csr_matrix], FloatArray]:
    similarities = _dot_products(sp.vstack([space.prototypes, space.class_means]).tocsr())
    count = space.prototypes.shape[0]

    def measure(features: sp.csr_matrix) -> FloatArray:
        found = similarities(normalize(features))
        neighbours = 1.0 + _nearest(-found[:, :count]).mean(axis=1)
        return np.column_stack([neighbours, 1.0 - found[:, count:].max(axis=1)])

    return measure


def _dot_products(others: sp.csr_matrix) -> Callable[[sp.csr_matrix], FloatArray]:
    """Dot products of sparse rows with all of the others, the same but for the last bits as ``rows @ others.T``.

    Most of what texts share are a few n-grams that many of them hold. Those columns are multiplied as dense ones, where
    an element costs a fiftieth of what it costs in a sparse product; the many rare columns stay sparse.
    """
    held = np.bincount(others.indices, minlength=others.shape[1])
    frequent = np.argsort(-held, kind="stable")[:MOST_FREQUENT]
    frequent = np.sort(frequent[held[frequent] > FREQUENT_SHARE * others.shape[0]])
    rare = np.setdiff1d(np.flatnonzero(held), frequent)
    dense = np.ascontiguousarray(others[:, frequent].toarray().T)
    sparse = others[:, rare].T.tocsr()
    return lambda rows: rows[:, frequent].toarray() @ dense + (rows[:, rare] @ sparse).toarray()


def _metric_distances(space: MetricSpace, features: FloatArray) -> FloatArray:
    neighbours = np.sqrt(_nearest(_squared_distances(features, space.prototypes))).mean(axis=1)
    white_means = space.class_means @ space.whitening
    to_means = np.sqrt(_squared_distances(features @ space.whitening, white_means).min(axis=1))
    return np.column_stack([neighbours, to_means])


def _nearest(distances: FloatArray) -> FloatArray:
    count = min(NEIGHBOURS, distances.shape[1])
    return np.partition(distances, count - 1, axis=1)[:, :count]


def _squared_distances(left: FloatArray, right: FloatArray) -> FloatArray:
    squared = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2.0 * left @ right.T
    return np.asarray(np.maximum(squared, 0.0), dtype=np.float64)


def _unit_class_means(features: sp.csr_matrix, y: NDArray[np.int64]) -> sp.csr_matrix:
    """Direction of each class: the mean of its items' unit vectors, scaled to unit length (Rocchio 1971)."""
    classes, columns = np.unique(y, return_inverse=True)
    members = sp.csr_matrix((np.ones(len(y)), (columns, np.arange(len(y)))), shape=(len(classes), len(y)))
    return normalize(members @ normalize(features))


def _shared_precision(features: FloatArray, y: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Class means and the Cholesky factor of the precision tied over classes (Ledoit & Wolf 2004 shrinkage)."""
    classes, columns = np.unique(y, return_inverse=True)
    class_means = np.array([features[y == label].mean(axis=0) for label in classes])
    fitted = LedoitWolf(store_precision=False, assume_centered=True).fit(features - class_means[columns])
    covariance = fitted.covariance_  # the ridge comes first: the precision that it can give is another
    return class_means, np.linalg.cholesky(np.linalg.inv(covariance + RIDGE * np.eye(len(covariance))))
