"""Reviewers who err, in one of two ways.

``uniform``: each answer is wrong with the chance given, every other class as likely.

``confusable``: a logistic regression on all labels of the pool says by its out-of-fold probabilities how hard an item
is (one minus that of the right class) and what it would be mixed up with. The hardest item is three times as likely to
be answered wrongly as the easiest, by the rank of its hardness, and with the chance given on the mean over the pool;
the wrong class is drawn in proportion to its probability. Since hard items are asked for more, more answers are wrong.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bench.label_efficiency.sets import Labelled

MOST_LOOKS = 4
FOLDS = 5

FloatArray = NDArray[np.float64]
Rows = NDArray[np.int64]


class Reviewer:
    """Answers drawn ahead for each item and each time it is asked: who is asked otherwise is answered the same.

    Parameters
    ----------
    y : ndarray of int64, shape (n_items,)
        The right classes, codes from 0.
    chances : ndarray, shape (n_items,)
        That an answer is wrong.
    mistakes : ndarray, shape (n_items, n_classes)
        How likely each class is where the answer is wrong; 0 for the right one.
    seed : int
    """

    def __init__(self, y: Rows, chances: FloatArray, mistakes: FloatArray, seed: int) -> None:
        rng = np.random.default_rng([seed, 1])
        is_wrong = rng.random((MOST_LOOKS, len(y))) < chances
        sums = np.cumsum(mistakes, axis=1)
        drawn = rng.random((MOST_LOOKS, len(y))) * sums[:, -1]
        wrong = (drawn[:, :, None] >= sums[None]).sum(axis=2)
        self._answers = np.where(is_wrong, wrong, y)
        self._asked = np.zeros(len(y), dtype=np.int64)

    def answer(self, rows: Rows) -> Rows:
        """Classes of these items, of which none comes twice."""
        times = np.minimum(self._asked[rows], MOST_LOOKS - 1)
        self._asked[rows] += 1
        return np.asarray(self._answers[times, rows], dtype=np.int64)


def uniform(labelled: Labelled, error: float) -> tuple[FloatArray, FloatArray]:
    """The same chance for each item, every other class as likely."""
    return np.full(len(labelled.y), error), _others(np.ones((len(labelled.y), labelled.y.max() + 1)), labelled.y)


def confusable(labelled: Labelled, error: float) -> tuple[FloatArray, FloatArray]:
    """From half the chance for the easiest item to one and a half for the hardest; classes as a full model mixes up."""
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    model = LogisticRegression(C=10.0, max_iter=300)
    found = cross_val_predict(model, labelled.features, labelled.y, cv=folds, method="predict_proba")
    hardness = 1.0 - found[np.arange(len(found)), labelled.y]
    ranks = np.argsort(np.argsort(hardness, kind="stable"), kind="stable") / (len(found) - 1)
    return error * (0.5 + ranks), _others(found, labelled.y)


def _others(proba: FloatArray, y: Rows) -> FloatArray:
    kept = np.array(proba, dtype=np.float64)
    kept[np.arange(len(y)), y] = 0.0
    return kept


KINDS: dict[str, Callable[[Labelled, float], tuple[FloatArray, FloatArray]]] = {
    "uniform": uniform,
    "confusable": confusable,
}
