"""Candidates compared, and out-of-fold log-probabilities, over shuffled folds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hitl.domain.fields import Field
from hitl.domain.language import _
from hitl.ml.class_scores import class_log_proba, fit_classifier
from hitl.ml.estimators.contract import Estimator, Features, FoldFeatures, Parameters, Rows
from hitl.ml.folds import shuffled_folds
from hitl.ml.metrics import Metric, score

FloatArray = NDArray[np.float64]
Advance = Callable[[str], None]

N_FOLDS = 5


@dataclass(frozen=True)
class Contestant:
    """An estimator that competes, with its fold features and candidates."""

    estimator: Estimator
    candidates: tuple[Parameters, ...]
    fold_features: FoldFeatures


@dataclass(frozen=True)
class CandidateScore:
    """How one candidate did across folds.

    Attributes
    ----------
    estimator : str
    parameters : dict
    mean, std : float, [0, 1]
        Of the metric over the folds' held-out parts. Relative: for comparing candidates, not for reporting accuracy.
    """

    estimator: str
    parameters: dict[str, float | str | None]
    mean: float
    std: float


@dataclass(frozen=True)
class Trial:
    """One candidate's out-of-fold answers.

    Attributes
    ----------
    contestant : Contestant
    parameters : Parameters
    log_proba : ndarray, shape (n_rows, n_classes)
        Columns in the order of all class ids; −inf where a fold's training part lacked the class.
    score : CandidateScore
    """

    contestant: Contestant
    parameters: Parameters
    log_proba: FloatArray
    score: CandidateScore


@dataclass(frozen=True)
class Exam:
    """What every candidate is examined on.

    Attributes
    ----------
    y : ndarray of int64, shape (n_items,)
        All labels.
    rows : ndarray of int64
        The rows that take part, ascending.
    folds : ndarray of int64, shape (n_rows,)
    fields : tuple of Field
    seed : int
    metric : Metric
    """

    y: NDArray[np.int64]
    rows: Rows
    folds: NDArray[np.int64]
    fields: tuple[Field, ...]
    seed: int
    metric: Metric


def plan_exam(y: NDArray[np.int64], rows: Rows, fields: tuple[Field, ...], seed: int, metric: Metric) -> Exam:
    """An exam over these rows in `N_FOLDS` shuffled folds."""
    return Exam(y, rows, shuffled_folds(len(rows), N_FOLDS, seed), fields, seed, metric)


def run_trials(exam: Exam, contestant: Contestant, advance: Advance) -> list[Trial]:
    """A trial of each of the contestant's candidates; features are computed once a fold for all of them."""
    class_ids = np.unique(exam.y)
    log_probas = [np.full((len(exam.rows), len(class_ids)), -np.inf) for _ in contestant.candidates]
    for test, y_train, train_features, test_features in _fold_parts(exam, contestant.fold_features):
        for parameters, log_proba in zip(contestant.candidates, log_probas, strict=True):
            classifier = contestant.estimator.build(exam.fields, parameters, exam.seed)["classifier"]
            fitted = fit_classifier(classifier, train_features, y_train)
            columns = np.searchsorted(class_ids, fitted.classes_)
            log_proba[np.ix_(test, columns)] = class_log_proba(fitted, test_features)
            advance(_("Trying out kinds of model on parts of the labels"))
    return [
        Trial(contestant, parameters, log_proba, _summarise(exam, contestant.estimator.name, parameters, log_proba))
        for parameters, log_proba in zip(contestant.candidates, log_probas, strict=True)
    ]


def best_trial(trials: Sequence[Trial]) -> Trial:
    """The trial with the highest mean score; among equals the first, which is the simplest."""
    return max(trials, key=lambda trial: round(trial.score.mean, 12))


def _fold_parts(
    exam: Exam, fold_features: FoldFeatures
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Features, Features]]:
    for fold in np.unique(exam.folds):
        test = np.flatnonzero(exam.folds == fold)
        train_rows = exam.rows[exam.folds != fold]
        yield test, exam.y[train_rows], *fold_features(train_rows, exam.rows[test])


def _summarise(exam: Exam, estimator: str, parameters: Parameters, log_proba: FloatArray) -> CandidateScore:
    y_true = exam.y[exam.rows]
    y_predicted = np.unique(exam.y)[log_proba.argmax(axis=1)]
    scores = [
        score(exam.metric, y_true[exam.folds == fold], y_predicted[exam.folds == fold])
        for fold in np.unique(exam.folds)
    ]
    return CandidateScore(estimator, dict(parameters), float(np.mean(scores)), float(np.std(scores)))
