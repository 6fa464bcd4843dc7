"""The smallest top probability first (Lewis & Gale 1994, doi:10.1007/978-1-4471-2099-5_1)."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def least_confident_priority(
    proba: FloatArray,
    novelty: FloatArray,  # noqa: ARG001
    rng: np.random.Generator,  # noqa: ARG001
) -> FloatArray:
    """The largest probability of each row, shape (n_items,), (0, 1].

    Examples
    --------
    >>> least_confident_priority(np.array([[0.5, 0.4, 0.1]]), np.zeros(1), np.random.default_rng(0)).tolist()
    [0.5]
    """
    return np.asarray(proba.max(axis=1), dtype=np.float64)
