"""The handwritten digits that scikit-learn carries, mixed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits as load_bundled

MOST_INK = 16


@dataclass(frozen=True)
class Digits:
    """Digits as they were counted.

    Attributes
    ----------
    ids : tuple of str
    ink : ndarray of uint8, shape (n_digits, 8, 8), [0, MOST_INK]
        How many of the 4 × 4 points of each field of the form were dark.
    names : tuple of str
        "0" to "9".
    """

    ids: tuple[str, ...]
    ink: NDArray[np.uint8]
    names: tuple[str, ...]


def load_digits(*, seed: int) -> Digits:
    """All 1,797, mixed by the seed.

    Examples
    --------
    >>> digits = load_digits(seed=0)
    >>> digits.ink.shape, digits.ids[0], len(set(digits.names))
    ((1797, 8, 8), 'D-0001', 10)
    """
    bundle = load_bundled()
    order = np.random.default_rng(seed).permutation(len(bundle.target))
    ids = tuple(f"D-{number:04d}" for number in range(1, len(order) + 1))
    return Digits(ids, bundle.images[order].astype(np.uint8), tuple(str(one) for one in bundle.target[order]))
