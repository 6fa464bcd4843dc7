"""Labels guessed for the items around labelled ones: what a small model learns from the pool nobody has looked at.

Each item is tied to its nearest neighbours by cosine; the labels given flow along the ties (local and global
consistency, Zhou et al. 2004, NIPS 16) and the items they reach clearly are learned from beside the labelled ones, at a
weight that all guesses together share. A linear model on both was better than one on the labels alone on every set
tried, most of all below a hundred labels, and is itself no larger (docs/methods.md).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.preprocessing import normalize

MOST_LABELS = 2_000  # with more, guesses no longer help and ties cost most
NEIGHBOURS = 10
SHARPNESS = 3  # a tie weighs the cosine to this power: near neighbours count for more
REACH = 0.9  # how much of what an item believes it takes from its neighbours in each step
STEPS = 30
MOST_GUESSES = 1_500  # the clearest ones; more cost time and change nothing
LEAST_LEAD = 1e-3
HARDLY = 0.1
"""How much all guesses count of what the labels count, where they are clearly worse than a model of labels alone."""
BLOCK_ROWS = 1_000  # bounds the similarities held at once to 40 MB beside 10,000 items

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Neighbourhood:
    """Items tied to their nearest neighbours.

    Attributes
    ----------
    ties : CSR matrix, shape (n_items, n_items), symmetric
        Weights divided by the root of the sums at both ends.
    labelled : int
        The first so many items have labels; those after them are the pool.
    """

    ties: sp.csr_matrix
    labelled: int


@dataclass(frozen=True)
class Guesses:
    """Items of the pool with the classes that flowed to them.

    Attributes
    ----------
    rows : ndarray of int64
        Rows of the neighbourhood.
    y : ndarray of int64
        The class guessed for each.
    weights : ndarray of float64
        How far each leads over its second class, made to sum up to one within each class.
    of_labelled : ndarray of int64, shape (n_labelled,)
        The class that flowed to each labelled item, clearly or not: of those left out it says how good guesses are.
    """

    rows: NDArray[np.int64]
    y: NDArray[np.int64]
    weights: NDArray[np.float64]
    of_labelled: NDArray[np.int64]


def tie_neighbours(features: FloatArray, labelled: int) -> Neighbourhood:
    """The neighbourhood of labelled items, first, and of the pool.

    Parameters
    ----------
    features : ndarray, shape (n_items, n_features)
    labelled : int
    """
    unit = normalize(np.asarray(features, dtype=np.float32))
    count = min(NEIGHBOURS, len(unit) - 1)
    near = [_nearest(unit, start, count) for start in range(0, len(unit), BLOCK_ROWS)]
    columns = np.concatenate([block[0] for block in near]).ravel()
    cosines = np.concatenate([block[1] for block in near]).ravel()
    rows = np.repeat(np.arange(len(unit)), count)
    ties = sp.csr_matrix((np.maximum(cosines, 0.0) ** SHARPNESS, (rows, columns)), shape=(len(unit), len(unit)))
    ties = ties.maximum(ties.T)
    scale = sp.diags_array((np.asarray(ties.sum(axis=1)).ravel() + 1e-9) ** -0.5)
    return Neighbourhood(sp.csr_matrix(scale @ ties @ scale, dtype=np.float32), labelled)


def spread_labels(neighbourhood: Neighbourhood, rows: NDArray[np.int64], y: NDArray[np.int64]) -> Guesses:
    """What the labels of some labelled items say about the pool; labelled items left out get no guess.

    A class's labels count by the root of how many there are: neither does the class that was asked for most swallow
    the pool, nor does a rare one.

    Parameters
    ----------
    neighbourhood : Neighbourhood
    rows : ndarray of int64
        Labelled items to start from.
    y : ndarray of int64
        Their classes.
    """
    classes, columns = np.unique(y, return_inverse=True)
    given = np.zeros((neighbourhood.ties.shape[0], len(classes)), dtype=np.float32)
    given[rows, columns] = 1.0
    given /= np.sqrt(given.sum(axis=0))
    believed = given
    for _step in range(STEPS):
        believed = REACH * (neighbourhood.ties @ believed) + (1 - REACH) * given
    of_labelled = classes[believed[: neighbourhood.labelled].argmax(axis=1)]
    return _clearest(believed[neighbourhood.labelled :], classes, of_labelled)


@dataclass(frozen=True)
class Lesson:
    """What a classifier is fitted on.

    Attributes
    ----------
    features : ndarray, shape (n_rows, n_features)
    y : ndarray of int64, shape (n_rows,)
    weights : ndarray of float64, shape (n_rows,), mean about 1
    """

    features: NDArray[Any]
    y: NDArray[np.int64]
    weights: NDArray[np.float64]


def make_lesson(
    features: NDArray[Any],
    y: NDArray[np.int64],
    pool_features: NDArray[Any] | None,
    guesses: Guesses | None,
    unlabelled_weight: float,
) -> Lesson:
    """Labelled items and guesses together: classes count the same, guesses `unlabelled_weight` times as much as labels.

    Parameters
    ----------
    features : ndarray, shape (n_labelled, n_features)
    y : ndarray of int64, shape (n_labelled,)
    pool_features : ndarray, shape (n_guesses, n_features), or None
        Of the items guessed, in the order of the guesses; None where there is no pool.
    guesses : Guesses or None
    unlabelled_weight : float
    """
    classes, columns, counts = np.unique(y, return_inverse=True, return_counts=True)
    weights = len(y) / len(classes) / counts[columns]
    if pool_features is None or guesses is None or not len(guesses.y):
        return Lesson(features, y, weights)
    each = len(y) * unlabelled_weight / len(np.unique(guesses.y))
    return Lesson(
        np.vstack([features, pool_features]),
        np.concatenate([y, guesses.y]),
        np.concatenate([weights, guesses.weights * each]) / (1.0 + unlabelled_weight),
    )


def _nearest(unit: FloatArray, start: int, count: int) -> tuple[NDArray[np.int64], FloatArray]:
    distances = unit[start : start + BLOCK_ROWS] @ unit.T
    np.negative(distances, out=distances)
    places = np.arange(len(distances))
    distances[places, start + places] = np.inf
    near = np.argpartition(distances, count - 1, axis=1)[:, :count]
    return near, -np.take_along_axis(distances, near, axis=1)


def _clearest(believed: FloatArray, classes: NDArray[np.int64], of_labelled: NDArray[np.int64]) -> Guesses:
    total = believed.sum(axis=1, keepdims=True)
    share = np.divide(believed, total, out=np.zeros_like(believed), where=total > 0)
    if share.shape[1] > 1:
        top_two = np.partition(share, -2, axis=1)[:, -2:]
        lead = top_two[:, 1] - top_two[:, 0]
    else:
        lead = share[:, 0]
    chosen = np.argsort(-lead, kind="stable")[:MOST_GUESSES]
    chosen = chosen[lead[chosen] > LEAST_LEAD]
    columns, weights = share[chosen].argmax(axis=1), lead[chosen].astype(np.float64)
    sums = np.bincount(columns, weights, minlength=len(classes))
    rows = (chosen + len(of_labelled)).astype(np.int64)
    return Guesses(rows, classes[columns], weights / sums[columns], of_labelled)
