"""What a model says about items."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Predictions:
    """One model version's answers, a row an item.

    Attributes
    ----------
    class_ids : ndarray of int64, shape (n_items,)
        The most probable class.
    confidence : ndarray of float64, shape (n_items,), (0, 1)
        Probability that `class_ids` is right, calibrated for routing (see `calibration`).
    runner_up_ids : ndarray of int64, shape (n_items,)
        The second most probable class.
    runner_up_confidence : ndarray of float64, shape (n_items,), [0, confidence]
        Its part of the remaining 1 − confidence.
    novelty : ndarray of float64, shape (n_items,), [0, 1)
        Percentile among the training items' own out-of-fold distances.
    accept_score : ndarray of float64, shape (n_items,), [0, 1)
        The one scalar acceptance depends on: confidence, or 0 where the item is novel.
    proba : ndarray of float64, shape (n_items, n_classes), rows sum to 1
        Temperature-scaled probabilities, columns in the order of the model's `class_ids`.
    """

    class_ids: NDArray[np.int64]
    confidence: NDArray[np.float64]
    runner_up_ids: NDArray[np.int64]
    runner_up_confidence: NDArray[np.float64]
    novelty: NDArray[np.float64]
    accept_score: NDArray[np.float64]
    proba: NDArray[np.float64]
