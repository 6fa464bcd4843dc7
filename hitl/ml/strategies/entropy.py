"""The most undecided vector first (Shannon entropy; Settles 2009, Active Learning Literature Survey)."""

import numpy as np

from hitl.ml.strategies.contract import FloatArray


def entropy_priority(proba: FloatArray, novelty: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001
    """One minus the entropy Σ −p ln p / ln n_classes of each row, shape (n_items,), [0, 1]; all 1 with one class.

    Examples
    --------
    >>> priority = entropy_priority(np.array([[0.5, 0.5], [1.0, 0.0]]), np.zeros(2), np.random.default_rng(0))
    >>> priority.round(3).tolist()
    [0.0, 1.0]
    """
    log_proba = np.log(proba, out=np.zeros_like(proba), where=proba > 0)  # 0 ln 0 = 0
    most = np.log(max(proba.shape[1], 2))
    return np.asarray(1.0 + (proba * log_proba).sum(axis=1) / most, dtype=np.float64).clip(0.0, 1.0)
