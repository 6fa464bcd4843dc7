"""The most undecided vector first (Shannon entropy; Settles 2009, Active Learning Literature Survey)."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def entropy_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """Minus the entropy Σ −p ln p of each row, in nats, shape (n_items,), [−ln n_classes, 0].

    Examples
    --------
    >>> priority = entropy_priority(np.array([[0.5, 0.5], [1.0, 0.0]]), np.zeros(2), np.random.default_rng(0))
    >>> [round(abs(number), 3) for number in priority.tolist()]
    [0.693, 0.0]
    """
    log_proba = np.log(proba, out=np.zeros_like(proba), where=proba > 0)  # 0 ln 0 = 0
    return np.asarray((proba * log_proba).sum(axis=1), dtype=np.float64)
