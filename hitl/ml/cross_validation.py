"""Candidates compared, and out-of-fold log-probabilities, over shuffled folds."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hitl.domain.fields import Field
from hitl.domain.language import _
from hitl.ml.calibration import ABSENT_CLASS_PROBA
from hitl.ml.class_scores import class_log_proba
from hitl.ml.class_words import NO_CLASSES, ClassWords
from hitl.ml.estimators.contract import Estimator, Features, FoldFeatures, Parameters, Rows
from hitl.ml.folds import shuffled_folds
from hitl.ml.label_spreading import Guesses, Neighbourhood, spread_labels
from hitl.ml.metrics import Metric, score
from hitl.ml.recipes import WORDS, find_neighbourhood, fit_candidate, with_pool, with_words

FloatArray = NDArray[np.float64]
Advance = Callable[[str], None]

N_FOLDS = 5


@dataclass(frozen=True)
class Contestant:
    """An estimator that competes, with its fold features and candidates.

    Where there is a neighbourhood, fold features know its items, the labelled ones first. Of the words of classes the
    items come next, with ``word_class_ids``: every fold learns from all of them, and none is examined on them.
    """

    estimator: Estimator
    candidates: tuple[Parameters, ...]
    fold_features: FoldFeatures
    neighbourhood: Neighbourhood | None = None
    word_class_ids: NDArray[np.int64] = field(default_factory=lambda: NO_CLASSES)

    def beside_words(self, rows: Rows, y: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """These labelled rows with those of the words of classes, and their classes; ``y`` are all labels."""
        words = len(y) + np.arange(len(self.word_class_ids))
        return np.concatenate([rows, words]), np.concatenate([y[rows], self.word_class_ids])

    def guess(self, rows: Rows, y: NDArray[np.int64]) -> Guesses | None:
        """What some labels say about the pool; None where no candidate asks for it."""
        asked = self.neighbourhood is not None and any(one.get("unlabelled_weight") for one in self.candidates)
        return spread_labels(self.neighbourhood, rows, y) if asked and self.neighbourhood is not None else None


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
    class_ids : ndarray of int64, shape (n_classes,), ascending
        Those that have a label or words.
    log_proba : ndarray, shape (n_rows, n_classes)
        Columns in the order of these; −inf where a fold's training part lacked the class.
    score : CandidateScore
    fold_scores : ndarray, shape (n_folds,)
        The metric on each fold's held-out part, of which the score is the mean.
    is_right : ndarray of bool, shape (n_rows,)
    log_losses : ndarray, shape (n_rows,)
        Of each item, at most 9.2.
    guess_is_right : ndarray of bool, shape (n_rows,), or None
        The same of what flowed to each item from the labels of the other folds; None where there is no pool.
    """

    contestant: Contestant
    parameters: Parameters
    class_ids: NDArray[np.int64]
    log_proba: FloatArray
    score: CandidateScore
    fold_scores: FloatArray
    is_right: NDArray[np.bool_]
    log_losses: FloatArray
    guess_is_right: NDArray[np.bool_] | None = None


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


def enter_contestant(
    estimator: Estimator,
    candidates: tuple[Parameters, ...],
    inputs: pd.DataFrame,
    fields: Sequence[Field],
    *,
    pool: pd.DataFrame | None,
    words: ClassWords | None,
) -> Contestant:
    """An estimator ready to compete, beside the pool and the words of classes where its candidates learn from them.

    Parameters
    ----------
    estimator : Estimator
    candidates : tuple of Parameters
        All learn from the words of classes, or none does.
    inputs : DataFrame, shape (n_items, n_columns)
        Of all labelled items.
    fields : sequence of Field
        Those with something to learn from.
    pool : DataFrame, shape (n_pool, n_columns), or None
    words : ClassWords or None
    """
    used = words if candidates[0].get(WORDS) else None
    known = with_words(estimator, inputs, used, fields)
    neighbourhood = find_neighbourhood(estimator, candidates, known, pool, fields)
    if neighbourhood is not None and pool is not None:
        known = with_pool(estimator, known, pool, fields)
    word_class_ids = NO_CLASSES if used is None else used.class_ids
    return Contestant(estimator, candidates, estimator.encode(known, fields), neighbourhood, word_class_ids)


def plan_exam(y: NDArray[np.int64], rows: Rows, fields: tuple[Field, ...], seed: int, metric: Metric) -> Exam:
    """An exam over these rows in `N_FOLDS` shuffled folds."""
    return Exam(y, rows, shuffled_folds(len(rows), N_FOLDS, seed), fields, seed, metric)


def run_trials(exam: Exam, contestant: Contestant, advance: Advance) -> list[Trial]:
    """A trial of each of the contestant's candidates; features are computed once a fold for all of them."""
    class_ids = np.union1d(exam.y, contestant.word_class_ids)
    log_probas = [np.full((len(exam.rows), len(class_ids)), -np.inf) for _ in contestant.candidates]
    guessed = None
    for part in _fold_parts(exam, contestant):
        if part.guesses is not None:
            guessed = np.zeros(len(exam.rows), dtype=np.int64) if guessed is None else guessed
            guessed[part.test] = part.guesses.of_labelled[exam.rows[part.test]]
        for parameters, log_proba in zip(contestant.candidates, log_probas, strict=True):
            classifier = contestant.estimator.build(exam.fields, parameters, exam.seed)["classifier"]
            fitted = fit_candidate(classifier, parameters, part.features, part.y, part.pool_features, part.guesses)
            columns = np.searchsorted(class_ids, fitted.classes_)
            log_proba[np.ix_(part.test, columns)] = class_log_proba(fitted, part.test_features)
            advance(_("Trying out kinds of model on parts of the labels"))
    return [
        _as_trial(exam, contestant, parameters, class_ids, log_proba, guessed)
        for parameters, log_proba in zip(contestant.candidates, log_probas, strict=True)
    ]


@dataclass(frozen=True)
class _Part:
    """A fold: the rows of the exam that are held out, and what is learned from the others."""

    test: NDArray[np.int64]
    y: NDArray[np.int64]
    features: Features
    test_features: Features
    pool_features: Features | None
    guesses: Guesses | None


def _fold_parts(exam: Exam, contestant: Contestant) -> Iterator[_Part]:
    for fold in np.unique(exam.folds):
        test = np.flatnonzero(exam.folds == fold)
        train_rows, test_rows = exam.rows[exam.folds != fold], exam.rows[test]
        train_rows, y = contestant.beside_words(train_rows, exam.y)
        guesses = contestant.guess(train_rows, y)
        wanted = test_rows if guesses is None else np.concatenate([test_rows, guesses.rows])
        features, others = contestant.fold_features(train_rows, wanted)
        pool_features = None if guesses is None else others[len(test) :]
        yield _Part(test, y, features, others[: len(test)], pool_features, guesses)


def _as_trial(
    exam: Exam,
    contestant: Contestant,
    parameters: Parameters,
    class_ids: NDArray[np.int64],
    log_proba: FloatArray,
    guessed: NDArray[np.int64] | None,
) -> Trial:
    y_true = exam.y[exam.rows]
    y_predicted = class_ids[log_proba.argmax(axis=1)]
    scores = np.array(
        [
            score(exam.metric, y_true[exam.folds == fold], y_predicted[exam.folds == fold])
            for fold in np.unique(exam.folds)
        ]
    )
    of_all = CandidateScore(contestant.estimator.name, dict(parameters), float(scores.mean()), float(scores.std()))
    of_true = log_proba[np.arange(len(y_true)), np.searchsorted(class_ids, y_true)]
    return Trial(
        contestant,
        parameters,
        class_ids,
        log_proba,
        of_all,
        scores,
        is_right=y_predicted == y_true,
        log_losses=-np.maximum(of_true, np.log(ABSENT_CLASS_PROBA)),
        guess_is_right=None if guessed is None else guessed == y_true,
    )
