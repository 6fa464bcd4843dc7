"""Typical members of clusters that hold no label yet: what to ask while hardly anything is known.

TypiClust (Hacohen, Dekel & Weinshall 2022, arXiv:2202.02794): as many clusters as there will be labels, and from each
large one without a label the item that is most like its neighbours.
"""

import numpy as np
from numpy.typing import NDArray

from hitl.ml.strategies.clusters import cluster_from, find_starts
from hitl.ml.strategies.contract import BATCH, NO_ROWS, Features, Waiting

MOST_ITEMS = 5_000  # more change hardly what is chosen, and cost time
MOST_CLUSTERS = 500
FEWEST_MEMBERS = 5
NEIGHBOURS = 20
MOST_MEMBERS = 1_000  # of a cluster are compared with each other


def typical_head(waiting: Waiting, count: int, seed: int) -> NDArray[np.int64]:
    """Rows of typical items in batches: what a batch chose counts as labelled for the next.

    Parameters
    ----------
    waiting : Waiting
    count : int
    seed : int
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(waiting.features))
    if len(rows) > MOST_ITEMS:
        rows = np.sort(rng.choice(len(rows), MOST_ITEMS, replace=False))
    every = np.concatenate([waiting.features[rows], waiting.labelled_features])
    is_covered = np.arange(len(every)) >= len(rows)
    wanted = min(count, len(rows))
    if not wanted:
        return NO_ROWS
    most = min(len(waiting.labelled_features) + wanted, MOST_CLUSTERS, len(every))
    starts = find_starts(every, most, int(rng.integers(2**31)))
    chosen = NO_ROWS
    while len(chosen) < wanted:
        batch = _one_batch(every, is_covered, min(BATCH, wanted - len(chosen)), starts, rng)
        chosen = np.concatenate([chosen, batch])
        is_covered[batch] = True
    return rows[chosen]


def _one_batch(
    every: Features, is_covered: NDArray[np.bool_], count: int, starts: Features, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Rows of the most typical item of each cluster, those without a label and the large ones first, in turns."""
    starts = starts[: int(is_covered.sum()) + count]
    cluster_of, _centres = cluster_from(starts, every)
    has_label = np.bincount(cluster_of[is_covered], minlength=len(starts)) > 0
    cluster_of[is_covered] = -1
    sizes = np.bincount(cluster_of[~is_covered], minlength=len(starts))
    turn = [int(one) for one in np.lexsort((-sizes, has_label)) if sizes[one] >= FEWEST_MEMBERS]
    turn = turn or [int(one) for one in np.argsort(-sizes, kind="stable") if sizes[one]]
    members = {one: _by_typicality(every, np.flatnonzero(cluster_of == one)) for one in turn[:count]}
    chosen: list[int] = []
    place = 0
    while len(chosen) < count and place < max(len(rows) for rows in members.values()):
        chosen += [int(rows[place]) for rows in members.values() if place < len(rows)]
        place += 1
    if len(chosen) < count:  # only small clusters are left
        others = np.setdiff1d(np.flatnonzero(~is_covered), chosen)
        chosen += rng.permutation(others)[: count - len(chosen)].tolist()
    return np.array(chosen[:count], dtype=np.int64)


def _by_typicality(features: Features, members: NDArray[np.int64]) -> NDArray[np.int64]:
    """Members by how near their nearest neighbours within the cluster are, the most typical first."""
    compared = features[members[:: max(len(members) // MOST_MEMBERS, 1)]]
    count = min(NEIGHBOURS, len(compared))
    distances = _squared_distances(features[members], compared)
    nearest = np.sqrt(np.partition(distances, count - 1, axis=1)[:, :count]).mean(axis=1)
    return members[np.argsort(nearest, kind="stable")]


def _squared_distances(left: Features, right: Features) -> Features:
    squared = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2.0 * left @ right.T
    return np.asarray(np.maximum(squared, 0.0), dtype=np.float32)
