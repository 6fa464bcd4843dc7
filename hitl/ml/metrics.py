"""How right a model was on items whose labels are known. What cannot be known is None, never 0."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.ml.calibration import equal_mass_bins, expected_calibration_error
from hitl.ml.intervals import wilson_interval

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

N_RESAMPLES = 1_000
RESAMPLES_AT_ONCE = 100
BOOTSTRAP_SEED = 20_240_229  # fixed: the same labels must show the same interval on every visit
N_RELIABILITY_BINS = 10


class Metric(StrEnum):
    """What candidates and versions are compared by."""

    ACCURACY = "accuracy"
    MACRO_F1 = "macro_f1"
    BALANCED_ACCURACY = "balanced_accuracy"


@dataclass(frozen=True)
class Measurement:
    """A number with its 95 % interval and the items it rests on; None where it cannot be known."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class ClassMeasurement:
    """One class's numbers.

    Attributes
    ----------
    class_id : int
    precision : Measurement
        n: items predicted to be of the class.
    recall : Measurement
        n: items of the class.
    f1 : float or None
        None where the class neither occurs nor is predicted.
    """

    class_id: int
    precision: Measurement
    recall: Measurement
    f1: float | None


@dataclass(frozen=True)
class ReliabilityBin:
    """Items of similar confidence: what was claimed against what was observed."""

    mean_confidence: float
    accuracy: Measurement


@dataclass(frozen=True)
class Evaluation:
    """A model's answers against known labels.

    Attributes
    ----------
    n : int
    accuracy, macro_f1, balanced_accuracy : Measurement
    calibration_error : float or None
        Expected calibration error of the confidence over ten equal-mass bins.
    per_class : tuple of ClassMeasurement
        In the order of `class_ids`.
    class_ids : tuple of int
        Rows (truth) and columns (prediction) of the confusion matrix.
    confusion : tuple of tuple of int
    reliability : tuple of ReliabilityBin
    """

    n: int
    accuracy: Measurement
    macro_f1: Measurement
    balanced_accuracy: Measurement
    calibration_error: float | None
    per_class: tuple[ClassMeasurement, ...]
    class_ids: tuple[int, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[ReliabilityBin, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as dicts, lists, numbers and None."""
        plain = asdict(self)
        plain["class_ids"] = list(self.class_ids)
        plain["confusion"] = [list(row) for row in self.confusion]
        plain["per_class"], plain["reliability"] = list(plain["per_class"]), list(plain["reliability"])
        return plain


def evaluate(y_true: IntArray, y_predicted: IntArray, confidence: FloatArray, class_ids: IntArray) -> Evaluation:
    """All numbers of a model version on labelled items.

    Parameters
    ----------
    y_true, y_predicted : ndarray of int, shape (n_items,)
        Class ids.
    confidence : ndarray of float, shape (n_items,), [0, 1]
        Of the predicted class; NaN where it is not known, and then its honesty is not known either.
    class_ids : ndarray of int, shape (n_classes,)
        Classes in the order to show; one that occurs and is not listed is added at the end.
    """
    shown = _with_unlisted(class_ids, y_true, y_predicted)
    matrix = confusion_matrix(y_true, y_predicted, shown)
    is_right = y_predicted == y_true
    is_known = not np.isnan(confidence).any()
    return Evaluation(
        n=len(y_true),
        accuracy=share_measurement(int(np.trace(matrix)), len(y_true)),
        macro_f1=_bootstrapped(matrix, _macro_f1_of),
        balanced_accuracy=_bootstrapped(matrix, _balanced_accuracy_of),
        calibration_error=expected_calibration_error(confidence, is_right) if is_known else None,
        per_class=tuple(_class_measurement(matrix, column, int(shown[column])) for column in range(len(shown))),
        class_ids=tuple(int(class_id) for class_id in shown),
        confusion=tuple(tuple(int(count) for count in row) for row in matrix),
        reliability=reliability_bins(confidence, is_right) if is_known else (),
    )


def score(metric: Metric, y_true: IntArray, y_predicted: IntArray) -> float:
    """The metric as one number in [0, 1], for comparing candidates on the same non-empty items.

    Examples
    --------
    >>> score(Metric.BALANCED_ACCURACY, np.array([1, 1, 1, 2]), np.array([1, 1, 1, 1]))
    0.5
    """
    if metric is Metric.ACCURACY:
        return float(np.mean(y_true == y_predicted))
    matrix = confusion_matrix(y_true, y_predicted, np.union1d(y_true, y_predicted))[None].astype(np.float64)
    return float((_macro_f1_of if metric is Metric.MACRO_F1 else _balanced_accuracy_of)(matrix)[0])


def share_measurement(successes: int, n: int) -> Measurement:
    """A share with its Wilson interval; all None where n is 0.

    Examples
    --------
    >>> share_measurement(0, 0)
    Measurement(value=None, low=None, high=None, n=0)
    """
    interval = wilson_interval(successes, n)
    if interval is None:
        return Measurement(None, None, None, 0)
    return Measurement(successes / n, interval.low, interval.high, n)


def confusion_matrix(y_true: IntArray, y_predicted: IntArray, class_ids: IntArray) -> IntArray:
    """Counts, shape (n_classes, n_classes): row the true class, column the predicted one, in the order given.

    Examples
    --------
    >>> confusion_matrix(np.array([5, 5, 3]), np.array([5, 3, 3]), np.array([5, 3])).tolist()
    [[1, 1], [0, 1]]
    """
    order = np.argsort(class_ids)
    rows = order[np.searchsorted(class_ids, y_true, sorter=order)]
    columns = order[np.searchsorted(class_ids, y_predicted, sorter=order)]
    n_classes = len(class_ids)
    return np.bincount(rows * n_classes + columns, minlength=n_classes**2).reshape(n_classes, n_classes)


def reliability_bins(
    confidence: FloatArray, is_right: NDArray[np.bool_], n_bins: int = N_RELIABILITY_BINS
) -> tuple[ReliabilityBin, ...]:
    """Equal-mass bins by rising confidence; fewer than `n_bins` where there are fewer items, none without items.

    Examples
    --------
    >>> bins = reliability_bins(np.array([0.9, 0.5]), np.array([True, False]), n_bins=2)
    >>> [(one.mean_confidence, one.accuracy.value) for one in bins]
    [(0.5, 0.0), (0.9, 1.0)]
    """
    return tuple(
        ReliabilityBin(float(confidence[rows].mean()), share_measurement(int(is_right[rows].sum()), len(rows)))
        for rows in equal_mass_bins(confidence, n_bins)
    )


def _with_unlisted(class_ids: IntArray, *labels: IntArray) -> IntArray:
    unlisted = np.setdiff1d(np.concatenate(labels), class_ids)
    return np.concatenate([class_ids, unlisted]).astype(np.int64)


def _class_measurement(matrix: IntArray, column: int, class_id: int) -> ClassMeasurement:
    hits, n_true, n_predicted = (int(matrix[column, column]), int(matrix[column].sum()), int(matrix[:, column].sum()))
    f1 = 2 * hits / (n_true + n_predicted) if n_true + n_predicted else None
    return ClassMeasurement(class_id, share_measurement(hits, n_predicted), share_measurement(hits, n_true), f1)


def _macro_f1_of(matrices: FloatArray) -> FloatArray:
    """Mean F1 over the classes that occur or are predicted, for each matrix, shape (n_matrices,)."""
    hits = np.diagonal(matrices, axis1=1, axis2=2)
    return _mean_where_defined(2 * hits, matrices.sum(axis=2) + matrices.sum(axis=1))


def _balanced_accuracy_of(matrices: FloatArray) -> FloatArray:
    """Mean recall over the classes that occur, for each matrix, shape (n_matrices,)."""
    return _mean_where_defined(np.diagonal(matrices, axis1=1, axis2=2), matrices.sum(axis=2))


def _mean_where_defined(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    ratio = np.divide(numerator, denominator, out=np.zeros(denominator.shape), where=denominator > 0)
    return np.asarray(ratio.sum(axis=1) / (denominator > 0).sum(axis=1), dtype=np.float64)


def _bootstrapped(matrix: IntArray, statistic: Any) -> Measurement:
    """The statistic with a percentile bootstrap interval (Efron 1979, doi:10.1214/aos/1176344552).

    Drawing n items anew is drawing the cells of the confusion matrix from a multinomial.
    """
    n = int(matrix.sum())
    if n == 0:
        return Measurement(None, None, None, 0)
    rng = np.random.default_rng(BOOTSTRAP_SEED)
    shares = matrix.ravel() / n
    draws = [
        statistic(rng.multinomial(n, shares, size=RESAMPLES_AT_ONCE).reshape(-1, *matrix.shape).astype(np.float64))
        for _ in range(N_RESAMPLES // RESAMPLES_AT_ONCE)
    ]
    value = float(statistic(matrix[None].astype(np.float64))[0])
    low, high = np.quantile(np.concatenate(draws), [0.025, 0.975])
    return Measurement(value, min(float(low), value), max(float(high), value), n)
