"""How likely a label is wrong, by what a model that did not learn from it says, and by what people found before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from hitl.domain.second_look import FEWEST_OF_CLASS

FloatArray = NDArray[np.float64]

USUAL_ERROR_RATE = 0.05
PRIOR_ERRORS = 2.0
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Correction:
    """What doubts are multiplied by so that they fit what people found, with its 95 % interval; 1 changes nothing."""

    factor: float
    low: float
    high: float


def self_confidence(proba: FloatArray, columns: NDArray[np.int64]) -> FloatArray:
    """Each item's out-of-fold probability of the label that it has, shape (n_items,).

    Parameters
    ----------
    proba : ndarray of float64, shape (n_items, n_classes)
    columns : ndarray of int64, shape (n_items,)
        The column of each item's label.

    Examples
    --------
    >>> self_confidence(np.array([[0.9, 0.1], [0.7, 0.3]]), np.array([0, 1])).tolist()
    [0.9, 0.3]
    """
    return np.asarray(proba[np.arange(len(proba)), columns], dtype=np.float64)


def least_likely_rows(confidences: FloatArray, columns: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows of the lowest self-confidences, the lowest first; equals in their order.

    Left out are labels of classes with fewer than `FEWEST_OF_CLASS` labels: those models hardly knew the class.

    >>> least_likely_rows(np.array([0.9, 0.1, 0.4, 0.5, 0.6, 0.0]), np.array([0, 0, 0, 0, 0, 1]), 2).tolist()
    [1, 2]
    """
    order = np.argsort(confidences, kind="stable")
    is_known = np.bincount(columns)[columns] >= FEWEST_OF_CLASS
    return order[is_known[order]][:count]


def doubts(confidences: FloatArray, *, class_count: int, error_rate: float = USUAL_ERROR_RATE) -> FloatArray:
    """How likely each label is wrong, given the out-of-fold probability p of it, shape (n_items,).

    By Bayes, where labels are wrong at ``error_rate`` ε and every other class is then as likely:
    (1 − p)·ε/(K − 1) / (p·(1 − ε) + (1 − p)·ε/(K − 1)). A low p alone is no error: most items that a model finds
    unlikely are right and rare, so 1 − p would be far too high.

    Examples
    --------
    >>> doubts(np.array([0.5, 0.05, 0.001]), class_count=2).round(2).tolist()
    [0.05, 0.5, 0.98]
    """
    by_error = (1.0 - confidences) * error_rate / (class_count - 1)
    return np.asarray(by_error / (confidences * (1.0 - error_rate) + by_error), dtype=np.float64)


def correct(*, expected: float, found: float) -> Correction:
    """The factor by which doubts were too high or too low so far, from how many errors they expected and people found.

    Errors found are Poisson(r · expected) with r ~ Gamma(s, s), s = `PRIOR_ERRORS`: r's posterior is
    Gamma(s + found, s + expected) (Gelman et al. 2013, Bayesian Data Analysis, 2.6), of which the mean and the middle
    95 % are given.

    Examples
    --------
    >>> correct(expected=0.0, found=0).factor, correct(expected=8.0, found=3).factor
    (1.0, 0.5)
    """
    shape, rate = PRIOR_ERRORS + found, PRIOR_ERRORS + expected
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = (float(gammaincinv(shape, at)) / rate for at in (tail, 1.0 - tail))
    return Correction(shape / rate, low, high)
