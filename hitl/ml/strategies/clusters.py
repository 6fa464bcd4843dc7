"""Clusters of items, found quickly and the same each time."""

import warnings

import numpy as np
from numpy.typing import NDArray

from hitl.ml.strategies.contract import Features, FloatArray

MOST_STARTS = 1_500  # rows that starting centres are chosen from: more cost time and find the same
STEPS = 10


def find_clusters(
    features: Features, n_clusters: int, seed: int, weights: FloatArray | None = None
) -> tuple[NDArray[np.int64], Features]:
    """The cluster of each row, and the centres, by k-means from `find_starts`.

    Of equal rows some clusters stay empty.

    Parameters
    ----------
    features : ndarray, shape (n_items, n_features)
    n_clusters : int, at most n_items
    seed : int
    weights : ndarray, shape (n_items,), optional
    """
    return cluster_from(find_starts(features, n_clusters, seed), features, weights)


def find_starts(features: Features, n_clusters: int, seed: int) -> Features:
    """Where k-means starts (Arthur & Vassilvitskii 2007), shape (n_clusters, n_features).

    The first of them are where it starts for fewer clusters of as many rows, up to `MOST_STARTS` clusters.
    """
    from sklearn.cluster import kmeans_plusplus  # noqa: PLC0415  pages know the strategies' names

    rng = np.random.default_rng(seed)
    count = min(len(features), max(MOST_STARTS, n_clusters))
    some = np.sort(rng.choice(len(features), count, replace=False))
    state = int(rng.integers(2**31))
    exact = features[some].astype(np.float64)  # as it computes in any case, and would turn each time anew
    starts, _rows = kmeans_plusplus(exact, n_clusters, random_state=state, n_local_trials=1)
    return np.asarray(starts, dtype=features.dtype)


def cluster_from(
    starts: Features, features: Features, weights: FloatArray | None = None
) -> tuple[NDArray[np.int64], Features]:
    """The cluster of each row, and the centres, by a few steps of k-means from these starts."""
    from sklearn.cluster import KMeans  # noqa: PLC0415
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        found = KMeans(len(starts), init=starts, n_init=1, max_iter=STEPS, random_state=0)
        cluster_of = found.fit_predict(features, sample_weight=weights)
    return cluster_of.astype(np.int64), np.asarray(found.cluster_centers_, dtype=np.float32)
