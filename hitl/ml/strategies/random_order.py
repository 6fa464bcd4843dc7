"""Items in random order: the strategy every other one has to beat."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def random_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """A random number for each item, shape (n_items,), [0, 1).

    Examples
    --------
    >>> random_priority(np.ones((2, 1)), np.zeros(2), np.random.default_rng(0)).round(2).tolist()
    [0.64, 0.27]
    """
    return rng.random(len(proba))
