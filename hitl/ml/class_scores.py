"""Per-class log-probabilities from any scikit-learn classifier."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.dummy import DummyClassifier

from hitl.ml.estimators.contract import Features


def fit_classifier(
    classifier: Any, features: Features, y: NDArray[np.int64], weights: NDArray[np.float64] | None = None
) -> Any:
    """The classifier fitted, or the share of each class where there is nothing to tell classes apart.

    A fold of few labels may hold one class only, or no n-gram at all; linear machines refuse both.
    """
    if features.shape[1] == 0 or len(np.unique(y)) < 2:
        return DummyClassifier(strategy="prior").fit(np.zeros((len(y), 1)), y)
    with warnings.catch_warnings():
        # With 77 classes and 100 labels scikit-learn asks whether the labels are numbers to regress on: they are ids.
        warnings.filterwarnings("ignore", message="The number of unique classes is greater than 50%")
        return classifier.fit(features, y) if weights is None else classifier.fit(features, y, sample_weight=weights)


def class_log_proba(classifier: Any, features: Features) -> NDArray[np.float64]:
    """Uncalibrated log-probabilities, shape (n_items, n_classes), columns in the order of `classes_`.

    Decision scores through a softmax: for a logistic or boosted model its own probabilities, for one-against-rest
    margins a ranking that temperature makes into probabilities. (Forests and the like have exact zeros instead of
    scores, which no temperature mends.)
    """
    if not hasattr(classifier, "decision_function"):
        return np.asarray(classifier.predict_log_proba(np.zeros((features.shape[0], 1))), dtype=np.float64)
    scores = classifier.decision_function(features)
    if scores.ndim == 1:
        scores = np.column_stack([np.zeros_like(scores), scores])
    return np.asarray(log_softmax(scores, axis=1), dtype=np.float64)
