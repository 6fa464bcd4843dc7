"""What every query strategy is.

It gives each item a priority by itself, and may choose the head of the queue from many items seen together: two items
that are alike are not both worth a decision.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Features = NDArray[np.float32]

BATCH = 20
"""Items chosen at once: about what a person decides until the model has learned from it."""

FAMILIAR = 3
"""A class seen so often is known."""

# (proba (n_items, n_classes), novelty (n_items,), rng) -> priority (n_items,), [0, 1]: the lower, the sooner.
# All share one range because blind audits are scattered over it.
Priority = Callable[[FloatArray, FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True)
class Waiting:
    """Items that wait, and those that are labelled.

    Attributes
    ----------
    features : ndarray of float32, shape (n_waiting, n_features)
        Where alike items lie near each other.
    priority, novelty : ndarray of float64, shape (n_waiting,)
        By the strategy and the model in use; equal for all where there is no model.
    labelled_features : ndarray of float32, shape (n_labelled, n_features)
    labelled_class_ids : ndarray of int64, shape (n_labelled,)
        The label given first comes first.
    """

    features: Features
    priority: FloatArray
    novelty: FloatArray
    labelled_features: Features
    labelled_class_ids: NDArray[np.int64]

    @property
    def is_cold(self) -> bool:
        """Whether classes are still being found; see `still_finds_classes`."""
        return still_finds_classes(self.labelled_class_ids)


# (waiting, count, seed) -> rows of the first `count` items, in the order in which they are to be asked.
Head = Callable[[Waiting, int, int], NDArray[np.int64]]


@dataclass(frozen=True)
class Strategy:
    """A query strategy.

    Attributes
    ----------
    name : str
    priority : Priority
    head : Head or None
        None where the items of the lowest priority come first, whatever they are.
    looks_everywhere : callable (labelled class ids, the first given first) -> bool
        Whether the head is chosen from all that waits, or from what has the lowest priorities.
    """

    name: str
    priority: Priority
    head: Head | None = None
    looks_everywhere: Callable[[NDArray[np.int64]], bool] = lambda _class_ids: False


def still_finds_classes(class_ids: NDArray[np.int64]) -> bool:
    """Whether the latest labels brought new classes while most classes known have been seen less than three times.

    Then it pays to look for what has not been seen; afterwards, to ask about what is doubtful. True without labels.

    Parameters
    ----------
    class_ids : ndarray of int64
        The label given first comes first.

    Examples
    --------
    >>> still_finds_classes(np.array([1, 2, 3, 4, 1])), still_finds_classes(np.array([1, 2] * 20))
    (True, False)
    """
    if not len(class_ids):
        return True
    new = len(np.setdiff1d(class_ids[-BATCH:], class_ids[:-BATCH]))
    counts = np.unique(class_ids, return_counts=True)[1]
    return bool(new > 1 and np.median(counts) < FAMILIAR)


NO_ROWS = np.empty(0, dtype=np.int64)
