"""Cross-validation folds, and subsets of items by class."""

import numpy as np
from numpy.typing import NDArray


def shuffled_folds(n_items: int, n_folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each item, dealt at random; fold sizes differ by at most one.

    Labels play no part: folds that share every class out evenly keep an item's mates and take its rivals away, so that
    held-out answers look better than answers to new items (decision 0003). A class may be absent from a fold.

    Parameters
    ----------
    n_items : int
    n_folds : int, at least 2
    seed : int

    Returns
    -------
    ndarray of int, shape (n_items,), values 0 … n_folds − 1

    Examples
    --------
    >>> np.bincount(shuffled_folds(7, 3, seed=0)).tolist()
    [3, 2, 2]
    """
    return np.random.default_rng(seed).permutation(n_items) % n_folds


def class_sorted_positions(y: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Position of each item when items are shuffled and then sorted by class.

    Examples
    --------
    >>> sorted(class_sorted_positions(np.array([5, 3, 5]), seed=0).tolist())
    [0, 1, 2]
    """
    shuffled = np.random.default_rng(seed).permutation(len(y))
    by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
    positions = np.empty(len(y), dtype=np.int64)
    positions[by_class] = np.arange(len(y))
    return positions


def stratified_rows(y: NDArray[np.int64], size: int, seed: int) -> NDArray[np.int64]:
    """Rows of a subset with the class shares of the whole, in row order; all rows where there are no more than `size`.

    Examples
    --------
    >>> rows = stratified_rows(np.array([1, 1, 1, 1, 2, 2]), 3, seed=0)
    >>> np.bincount(np.array([1, 1, 1, 1, 2, 2])[rows]).tolist()
    [0, 2, 1]
    """
    if len(y) <= size:
        return np.arange(len(y))
    spaced = np.floor(np.arange(size) * len(y) / size).astype(np.int64)
    return np.flatnonzero(np.isin(class_sorted_positions(y, seed), spaced))


def balanced_rows(y: NDArray[np.int64], size: int, seed: int) -> NDArray[np.int64]:
    """Rows of a subset with as equal class counts as there are items for, in row order.

    Examples
    --------
    >>> y = np.array([1, 1, 1, 1, 1, 1, 2, 2])
    >>> np.bincount(y[balanced_rows(y, 4, seed=0)]).tolist()
    [0, 2, 2]
    """
    positions = class_sorted_positions(y, seed)
    first_of_class = {int(label): int(positions[y == label].min()) for label in np.unique(y)}
    turn = positions - np.array([first_of_class[int(label)] for label in y], dtype=np.int64)
    return np.sort(np.lexsort((positions, turn))[:size])
