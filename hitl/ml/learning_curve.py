"""What more labels bring: accuracy by repeated cross-validation on growing parts of the labels, and a hint from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hitl.domain.errors import NotEnoughLabels
from hitl.domain.fields import Field
from hitl.domain.language import _
from hitl.ml.class_words import ClassWords
from hitl.ml.cross_validation import N_FOLDS, Contestant, enter_contestant, plan_exam, run_trials
from hitl.ml.estimators.contract import Parameters
from hitl.ml.estimators.registry import find_estimator
from hitl.ml.folds import stratified_rows
from hitl.ml.inputs import learnable_fields
from hitl.ml.intervals import wilson_interval
from hitl.ml.metrics import Metric

FRACTIONS = (0.25, 0.40, 0.63, 1.0)
FEWEST_LABELS = 40
MOST_LABELS = 10_000
FEWEST_REPEATS, MOST_REPEATS = 3, 12
EXPONENTS = np.linspace(0.15, 1.2, 211)

NEXT_LABELS = 100
GAIN_DRAWS = 200
GAIN_RANGE = (0.1, 0.9)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class CurvePoint:
    """The accuracy of models that learned from so many labels.

    Attributes
    ----------
    label_count : int
        Labels that each model learned from: four fifths of the part.
    accuracy : float, [0, 1]
        Mean over the repeats.
    low, high : float, [0, 1]
        Wilson's 95 % interval on the labels of the part, each answered once a repeat.
    deviation : float
        Standard deviation between the repeats.
    """

    label_count: int
    accuracy: float
    low: float
    high: float
    deviation: float


@dataclass(frozen=True)
class LearningCurve:
    """Points from few labels to many, and how often each was repeated."""

    points: tuple[CurvePoint, ...]
    repeats: int


@dataclass(frozen=True)
class Gain:
    """What more labels would bring, in accuracy.

    Attributes
    ----------
    label_count : int
        So many labels more.
    value : float
        By the law through the points.
    low, high : float
        Between them lie 8 of 10 laws through points as spread as the repeats: no interval of the gain itself.
    """

    label_count: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PowerLaw:
    """error(n) = floor + scale · n ** -exponent."""

    floor: float
    scale: float
    exponent: float

    def accuracy_at(self, label_count: float) -> float:
        """The accuracy that it gives for so many labels."""
        return 1.0 - self.floor - self.scale * float(np.power(label_count, -self.exponent))


def cross_validated_curve(
    inputs: pd.DataFrame,
    class_ids: NDArray[np.int64],
    *,
    fields: Sequence[Field],
    estimator: str,
    parameters: Parameters,
    seed: int,
    has_time: Callable[[], bool],
    tick: Callable[[float, str], None],
    pool: pd.DataFrame | None = None,
    words: ClassWords | None = None,
) -> LearningCurve:
    """Accuracy at 25, 40, 63 and 100 % of the labels, 5 folds each, repeated with other parts and folds.

    Of more than `MOST_LABELS` labels that many are used, with the class shares of all. It stops after
    `MOST_REPEATS`, or after `FEWEST_REPEATS` when ``has_time`` says no.

    Parameters
    ----------
    inputs : DataFrame, shape (n_items, n_learned_fields)
        From `prepare_inputs`.
    class_ids : ndarray of int64, shape (n_items,)
    fields : sequence of Field
    estimator : str
        Name in the registry.
    parameters : Parameters
        One of its candidates.
    seed : int
    has_time : callable () -> bool
    tick : callable (share_done, what)
        Called after every fit with a share in [0, 1]; what it raises ends the work.
    pool : DataFrame, shape (n_pool, n_learned_fields), optional
        What the candidate learned from beside labels; in each part only the labels of that part flow to it.
    words : ClassWords, optional
        The same of words, which every part learns from.

    Raises
    ------
    NotEnoughLabels
        Fewer than `FEWEST_LABELS`: a quarter of them is no training.
    """
    if len(class_ids) < FEWEST_LABELS:
        raise NotEnoughLabels(
            _(
                "A learning curve needs at least {fewest_labels} labels; there are {class_ids_count}. "
                "Review some more items, train, and try again."
            ).format(fewest_labels=FEWEST_LABELS, class_ids_count=len(class_ids))
        )
    used = stratified_rows(class_ids, MOST_LABELS, seed)
    found = find_estimator(estimator)
    usable = learnable_fields(inputs, fields)
    scores: list[list[float]] = []
    with threadpool_limits(limits=1):
        contestant = enter_contestant(found, (parameters,), inputs, usable, pool=pool, words=words)
        while len(scores) < MOST_REPEATS and (len(scores) < FEWEST_REPEATS or has_time()):
            advance = _telling(tick, len(scores))
            scores.append(_one_repeat(contestant, class_ids, used, usable, seed=seed + len(scores), advance=advance))
    return LearningCurve(_points(np.array(scores), len(used)), len(scores))


def fit_power_law(points: Sequence[CurvePoint]) -> PowerLaw | None:
    """The power law through the points, or None where they don't carry one.

    error = a + b·n^−c with a, b ≥ 0 and .15 ≤ c ≤ 1.2, weighted by n, the exponent by search over a grid (Hestness et
    al. 2017, arXiv:1712.00409; Viering & Loog 2023, doi:10.1109/TPAMI.2022.3220744, on when such fits mislead). The
    error must fall from the first point to the last by at least a point and by twice its spread between repeats.
    """
    if len(points) < len(FRACTIONS) or not _falls(points[0], points[-1]):
        return None
    n = np.array([point.label_count for point in points], dtype=np.float64)
    error = np.array([1.0 - point.accuracy for point in points])
    fits = [_fit_given_exponent(n, error, float(exponent)) for exponent in EXPONENTS]
    best = min(fits, key=lambda fit: fit[0])
    return best[1] if best[1].scale > 0 else None


def gain_of_more(
    curve: LearningCurve, *, label_count: int, rng: np.random.Generator, more: int = NEXT_LABELS
) -> Gain | None:
    """What so many labels more than ``label_count`` would bring by the law; None where the points carry none.

    Its range is that of `GAIN_DRAWS` laws, each through points moved by their standard error between repeats (a
    parametric bootstrap, Efron & Tibshirani 1993, ch. 6.5); points that carry no law bring nothing.
    """
    law = fit_power_law(curve.points)
    if law is None:
        return None
    drawn = [fit_power_law(_moved(curve, rng)) for _ in range(GAIN_DRAWS)]
    gains = [0.0 if one is None else _gain(one, label_count, more) for one in drawn]
    low, high = (float(one) for one in np.quantile(gains, GAIN_RANGE))
    value = _gain(law, label_count, more)
    return Gain(more, value, min(low, value), max(high, value))


def labels_for(law: PowerLaw, accuracy: float) -> float | None:
    """Labels at which the law reaches an accuracy; None where it never does.

    >>> round(labels_for(PowerLaw(0.05, 1.0, 0.5), 0.85))
    100
    >>> labels_for(PowerLaw(0.05, 1.0, 0.5), 0.96) is None
    True
    """
    rest = 1.0 - accuracy - law.floor
    return float((law.scale / rest) ** (1.0 / law.exponent)) if rest > 0 else None


def _gain(law: PowerLaw, label_count: int, more: int) -> float:
    return law.accuracy_at(label_count + more) - law.accuracy_at(label_count)


def _moved(curve: LearningCurve, rng: np.random.Generator) -> list[CurvePoint]:
    errors = rng.normal(size=len(curve.points)) / np.sqrt(curve.repeats)
    return [
        replace(point, accuracy=float(np.clip(point.accuracy + point.deviation * error, 0.0, 1.0)))
        for point, error in zip(curve.points, errors, strict=True)
    ]


def _telling(tick: Callable[[float, str], None], repeats_done: int) -> Callable[[str], None]:
    sentence = _("Training on parts of the labels, round {number} of at most {most}")
    note = sentence.format(number=repeats_done + 1, most=MOST_REPEATS)
    return lambda _what: tick(repeats_done / MOST_REPEATS, note)


def _one_repeat(
    contestant: Contestant,
    class_ids: NDArray[np.int64],
    used: NDArray[np.int64],
    fields: tuple[Field, ...],
    *,
    seed: int,
    advance: Callable[[str], None],
) -> list[float]:
    order = np.random.default_rng(seed).permutation(used)
    scores = []
    for fraction in FRACTIONS:
        rows = np.sort(order[: round(fraction * len(used))])
        exam = plan_exam(class_ids, rows, fields, seed, Metric.ACCURACY)
        trial = run_trials(exam, contestant, advance)[0]
        scores.append(float(trial.is_right.mean()))
    return scores


def _points(scores: FloatArray, label_count: int) -> tuple[CurvePoint, ...]:
    points = []
    for place, fraction in enumerate(FRACTIONS):
        part = round(fraction * label_count)
        mean = float(scores[:, place].mean())
        interval = wilson_interval(round(mean * part), part)
        low, high = (interval.low, interval.high) if interval else (0.0, 1.0)
        deviation = float(scores[:, place].std(ddof=1)) if len(scores) > 1 else 0.0
        learned = round(part * (N_FOLDS - 1) / N_FOLDS)
        points.append(CurvePoint(learned, mean, min(low, mean), max(high, mean), deviation))
    return tuple(points)


def _falls(first: CurvePoint, last: CurvePoint) -> bool:
    spread = hypot(first.deviation, last.deviation)
    return last.accuracy - first.accuracy >= max(0.01, 2 * spread)


def _fit_given_exponent(n: FloatArray, error: FloatArray, exponent: float) -> tuple[float, PowerLaw]:
    """The weighted squares that are left, and the law, with floor and scale at least 0."""
    x, weight = n**-exponent, n / n.sum()
    mean_x, mean_error = float(weight @ x), float(weight @ error)
    variance = float(weight @ (x - mean_x) ** 2)
    scale = max(float(weight @ ((x - mean_x) * (error - mean_error))) / variance, 0.0) if variance > 0 else 0.0
    floor = mean_error - scale * mean_x
    if floor < 0:
        floor, scale = 0.0, float(weight @ (x * error)) / float(weight @ x**2)
    law = PowerLaw(floor, scale, exponent)
    return float(weight @ (error - floor - scale * x) ** 2), law
