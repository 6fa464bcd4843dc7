"""The items least like the training data first."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def novel_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """One minus the novelty, shape (n_items,), (0, 1].

    Examples
    --------
    >>> novel_priority(np.ones((2, 1)), np.array([0.2, 0.9]), np.random.default_rng(0)).round(2).tolist()
    [0.8, 0.1]
    """
    return np.asarray(1.0 - novelty, dtype=np.float64)
