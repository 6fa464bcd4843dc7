"""The items least like the training data first."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def novel_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """Minus the novelty, shape (n_items,), (−1, 0].

    Examples
    --------
    >>> novel_priority(np.ones((2, 1)), np.array([0.2, 0.9]), np.random.default_rng(0)).tolist()
    [-0.2, -0.9]
    """
    return -novelty
