"""Probabilities that mean what they say: temperature for the vector, Platt for the top class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, logit, softmax

FloatArray = NDArray[np.float64]

ABSENT_CLASS_PROBA = 1e-4  # a class without items in a fold's training part still gets a chance in that fold
LOWEST_TEMPERATURE, HIGHEST_TEMPERATURE = 0.01, 100.0
CLIP = 1e-6  # logits of 0 and 1 are infinite
N_CALIBRATION_BINS = 10


@dataclass(frozen=True)
class Calibration:
    """Three numbers that turn a classifier's scores into probabilities.

    Attributes
    ----------
    temperature : float, (0, ∞)
        Divides log-probabilities; above 1 flattens them.
    intercept, slope : float, slope > 0
        Platt scaling of the top class's logit; (0, 1) changes nothing.
    """

    temperature: float
    intercept: float
    slope: float


def fit_calibration(log_proba: FloatArray, true_columns: NDArray[np.int64]) -> Calibration:
    """Temperature, then intercept and slope, from out-of-fold log-probabilities.

    Parameters
    ----------
    log_proba : ndarray, shape (n_items, n_classes)
        −inf where a class had no item in the fold's training part.
    true_columns : ndarray of int, shape (n_items,)
        Column of each item's true class.
    """
    temperature = fit_temperature(log_proba, true_columns)
    proba = temper(log_proba, temperature)
    intercept, slope = fit_top_label_platt(proba.max(axis=1), proba.argmax(axis=1) == true_columns)
    return Calibration(temperature, intercept, slope)


def fit_temperature(log_proba: FloatArray, true_columns: NDArray[np.int64]) -> float:
    """Temperature T minimising Σ −ln p_T(true class) + (ln T)² (Guo et al. 2017, arXiv:1706.04599, with a prior).

    Items whose class was absent from their fold's training part say nothing about T and are left out. The prior, one
    item's weight, keeps T near 1 where there are few items and finite where all are right.

    Examples
    --------
    >>> log_proba = np.log(np.array([[0.9, 0.1]] * 40))
    >>> true_columns = np.array([0] * 20 + [1] * 20)  # right half of the time at 90 %: far too sure
    >>> fit_temperature(log_proba, true_columns) > 3
    True
    """
    true_log_proba = log_proba[np.arange(len(log_proba)), true_columns]
    usable = log_proba[np.isfinite(true_log_proba)]
    columns = true_columns[np.isfinite(true_log_proba)]

    def penalised_loss(log_temperature: float) -> float:
        tempered = log_softmax(usable / np.exp(log_temperature), axis=1)
        return float(log_temperature**2 - tempered[np.arange(len(usable)), columns].sum())

    bounds = (np.log(LOWEST_TEMPERATURE), np.log(HIGHEST_TEMPERATURE))
    return float(np.exp(minimize_scalar(penalised_loss, bounds=bounds, method="bounded").x))


def temper(log_proba: FloatArray, temperature: float) -> FloatArray:
    """Probabilities at that temperature; a class at −inf gets `ABSENT_CLASS_PROBA` before rows are made to sum to 1.

    Examples
    --------
    >>> temper(np.log(np.array([[0.8, 0.2]])), 2.0).round(3).tolist()
    [[0.667, 0.333]]
    >>> temper(np.array([[np.log(0.8), np.log(0.2), -np.inf]]), 1.0).round(4).tolist()
    [[0.7999, 0.2, 0.0001]]
    """
    proba = softmax(log_proba / temperature, axis=1)
    proba[np.isneginf(log_proba)] = ABSENT_CLASS_PROBA
    return np.asarray(proba / proba.sum(axis=1, keepdims=True), dtype=np.float64)


def fit_top_label_platt(top_proba: FloatArray, is_right: NDArray[np.bool_]) -> tuple[float, float]:
    """Intercept a and slope b of σ(a + b·logit p), minimising log loss + a² + (ln b)².

    Platt (1999) on the top class's probability alone (Gupta & Ramdas 2022, arXiv:2107.08353), with a ridge towards
    the identity (0, 1) in place of Platt's smoothed targets; ln b keeps the slope positive, so ranks never turn over.

    Parameters
    ----------
    top_proba : ndarray, shape (n_items,), (0, 1]
    is_right : ndarray of bool, shape (n_items,)
    """
    scores = _clipped_logit(top_proba)
    signs = np.where(is_right, 1.0, -1.0)

    def penalised_loss(point: FloatArray) -> float:
        margins = signs * (point[0] + np.exp(point[1]) * scores)
        return float(np.logaddexp(0.0, -margins).sum() + point @ point)

    best = minimize(penalised_loss, np.zeros(2), method="L-BFGS-B", bounds=[(-10.0, 10.0), (-3.0, 3.0)]).x
    return float(best[0]), float(np.exp(best[1]))


def routing_confidence(proba: FloatArray, calibration: Calibration) -> FloatArray:
    """Calibrated probability that the top class is right, shape (n_items,), (0, 1).

    Examples
    --------
    >>> routing_confidence(np.array([[0.9, 0.1]]), Calibration(1.0, 0.0, 1.0)).round(3).tolist()
    [0.9]
    """
    scores = _clipped_logit(proba.max(axis=1))
    return np.asarray(expit(calibration.intercept + calibration.slope * scores), dtype=np.float64)


def equal_mass_bins(confidence: FloatArray, n_bins: int) -> list[NDArray[np.int64]]:
    """Rows of each bin, by rising confidence; bins differ by at most one item and none is empty.

    Examples
    --------
    >>> [rows.tolist() for rows in equal_mass_bins(np.array([0.9, 0.2, 0.6]), 2)]
    [[1, 2], [0]]
    """
    order = np.argsort(confidence, kind="stable")
    return [rows for rows in np.array_split(order, n_bins) if len(rows)]


def expected_calibration_error(
    confidence: FloatArray, is_right: NDArray[np.bool_], n_bins: int = N_CALIBRATION_BINS
) -> float | None:
    """Expected calibration error over equal-mass bins: Σ n_b/n · |accuracy_b − mean confidence_b|, [0, 1].

    Naeini et al. 2015 (doi:10.1609/aaai.v29i1.9602), with the equal-mass bins of Nguyen & O'Connor 2015
    (doi:10.18653/v1/D15-1182). Biased upwards at small n. None without items.

    Examples
    --------
    >>> round(expected_calibration_error(np.array([0.9, 0.9, 0.6, 0.6]), np.array([True, True, True, False]), 2), 3)
    0.1
    >>> expected_calibration_error(np.array([]), np.array([], dtype=bool)) is None
    True
    """
    if len(confidence) == 0:
        return None
    gaps = [
        len(rows) * abs(float(is_right[rows].mean()) - float(confidence[rows].mean()))
        for rows in equal_mass_bins(confidence, n_bins)
    ]
    return sum(gaps) / len(confidence)


def _clipped_logit(proba: FloatArray) -> FloatArray:
    return np.asarray(logit(np.clip(proba, CLIP, 1.0 - CLIP)), dtype=np.float64)
