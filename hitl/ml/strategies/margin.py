"""The narrowest margin first (Scheffer et al. 2001, doi:10.1007/3-540-44816-0_31)."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def margin_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """Largest minus second largest probability, shape (n_items,), [0, 1]; all 1 where there is one class.

    Examples
    --------
    >>> margin_priority(np.array([[0.5, 0.4, 0.1]]), np.zeros(1), np.random.default_rng(0)).round(3).tolist()
    [0.1]
    """
    if proba.shape[1] < 2:
        return np.ones(len(proba))
    top_two = np.partition(proba, -2, axis=1)[:, -2:]
    return np.asarray(top_two[:, 1] - top_two[:, 0], dtype=np.float64)
