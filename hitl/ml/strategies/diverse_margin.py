"""Doubtful items that differ from each other: the narrow margins are clustered, and one is asked of each cluster.

Zhdanov 2019 (arXiv:1901.05954): among ten times as many doubtful items as are asked, weighted by doubt, the centres.
"""

import numpy as np
from numpy.typing import NDArray

from hitl.ml.strategies.clusters import find_clusters
from hitl.ml.strategies.contract import BATCH, NO_ROWS, Waiting

DOUBTFUL_PER_ITEM = 10
LEAST_WEIGHT = 1e-3


def diverse_head(waiting: Waiting, count: int, seed: int) -> NDArray[np.int64]:
    """Rows in batches of diverse items, the more doubtful batches first.

    Parameters
    ----------
    waiting : Waiting
        ``priority`` is the margin, or another doubt in [0, 1], the smaller the more doubtful.
    count : int
    seed : int
    """
    left = np.argsort(waiting.priority, kind="stable")
    chosen = NO_ROWS
    while len(chosen) < count and len(left):
        doubtful = left[: BATCH * DOUBTFUL_PER_ITEM]
        batch = _one_of_each_cluster(waiting, doubtful, min(BATCH, count - len(chosen)), seed + len(chosen))
        chosen = np.concatenate([chosen, batch])
        left = left[~np.isin(left, batch)]
    return chosen


def _one_of_each_cluster(waiting: Waiting, rows: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """The row nearest to the centre of each cluster, the most doubtful first."""
    if len(rows) <= count:
        return rows
    features, doubt = waiting.features[rows], 1.0 - waiting.priority[rows]
    cluster_of, centres = find_clusters(features, count, seed, np.maximum(doubt, LEAST_WEIGHT))
    distances = ((features - centres[cluster_of]) ** 2).sum(axis=1)
    by_cluster = np.lexsort((distances, cluster_of))
    firsts = by_cluster[np.unique(cluster_of[by_cluster], return_index=True)[1]]
    chosen = rows[np.sort(firsts)]
    more = rows[~np.isin(rows, chosen)][: count - len(chosen)]  # equal items leave clusters empty
    return np.concatenate([chosen, more])
