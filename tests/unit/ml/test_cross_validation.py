"""Candidates compared on items they did not see."""

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit, cross_val_score

from hitl.ml.cross_validation import CandidateScore, Contestant, Trial, best_trial, plan_exam, run_trials
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.label_spreading import HARDLY, tie_neighbours
from hitl.ml.metrics import Metric
from tests.unit.ml.small_data import TABLE, TEXT, measurements, messages
from tests.unit.ml.test_label_spreading import FIELD, as_inputs, clouds

POOL = tie_neighbours(np.eye(3), 1)


def trials_of(estimator, fields, inputs, class_ids, metric=Metric.ACCURACY):
    candidates = estimator.candidates(len(class_ids), len(np.unique(class_ids)))
    exam = plan_exam(class_ids, np.arange(len(class_ids)), fields, 0, metric)
    return exam, run_trials(
        exam, Contestant(estimator, candidates, estimator.encode(inputs, fields)), lambda what: None
    )


def trial_with(*fold_scores, estimator=TEXT_EMBEDDED, weight=0.0, pool=POOL, right=(), guessed=()):
    parameters = {"unlabelled_weight": weight}
    score = CandidateScore(estimator.name, parameters, float(np.mean(fold_scores)), float(np.std(fold_scores)))
    contestant = Contestant(estimator, (parameters,), None, pool)
    items = (np.array(right, dtype=bool), np.array(guessed, dtype=bool) if len(guessed) else None)
    return Trial(contestant, parameters, np.empty(0), np.empty(0), score, np.array(fold_scores), *items)


@pytest.mark.parametrize(
    ("estimator", "fields", "make"), [(TEXT_LINEAR, TEXT, messages), (TABULAR_LINEAR, TABLE, measurements)]
)
@pytest.mark.parametrize(
    ("metric", "scoring"), [(Metric.ACCURACY, "accuracy"), (Metric.BALANCED_ACCURACY, "balanced_accuracy")]
)
def test_scores_are_those_of_scikit_learn_on_whole_pipelines(estimator, fields, make, metric, scoring):
    inputs, class_ids = make(60)
    exam, trials = trials_of(estimator, fields, inputs, class_ids, metric)
    for trial in trials[:2]:
        pipeline = estimator.build(fields, trial.parameters, 0)
        theirs = cross_val_score(pipeline, inputs, class_ids, scoring=scoring, cv=PredefinedSplit(exam.folds))
        assert trial.score.mean == pytest.approx(theirs.mean())
        assert trial.score.std == pytest.approx(theirs.std())


def test_a_class_of_one_member_is_unknown_where_it_was_held_out():
    inputs, class_ids = messages(40)
    class_ids = class_ids.copy()
    class_ids[5] = 9
    _, trials = trials_of(TEXT_LINEAR, TEXT, inputs, class_ids)
    column = np.searchsorted(np.unique(class_ids), 9)
    assert np.isneginf(trials[0].log_proba[5, column])
    assert np.isfinite(trials[0].log_proba[:, column]).sum() == 32  # the four folds that had it to learn from


def test_every_item_is_answered_by_every_candidate():
    _, trials = trials_of(TEXT_LINEAR, TEXT, *messages(40))
    for trial in trials:
        assert np.exp(trial.log_proba).sum(axis=1) == pytest.approx(np.ones(40))


def test_shuffled_labels_score_no_better_than_chance():
    inputs, class_ids = messages(120)
    shuffled = np.random.default_rng(0).permutation(class_ids)
    _, trials = trials_of(TEXT_LINEAR, TEXT, inputs, shuffled)
    assert max(trial.score.mean for trial in trials) < 0.5


def test_the_best_trial_has_the_highest_mean_and_among_equals_is_the_first():
    low, first, second = trial_with(0.5, 0.5), trial_with(0.7, 0.7), trial_with(0.7, 0.7 + 1e-15)
    assert best_trial([low, first, second]) is first


def test_what_learns_from_the_pool_gives_way_where_another_is_clearly_better():
    pool = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0)
    clearly = trial_with(0.66, 0.67, 0.63, 0.66, 0.65)
    assert best_trial([pool, clearly]) is clearly
    by_chance = trial_with(0.70, 0.50, 0.70, 0.55, 0.65)
    assert by_chance.score.mean > pool.score.mean
    assert best_trial([pool, by_chance]) is pool
    assert best_trial([trial_with(*pool.fold_scores), by_chance]) is by_chance, "without the pool the mean decides"


@pytest.mark.parametrize(
    ("guessed_right", "weight"), [(30, HARDLY), (42, 1.0), (58, 1.0)], ids=["worse", "hardly worse", "better"]
)
def test_guesses_hardly_count_where_held_out_labels_show_that_they_are_worse(guessed_right, weight):
    right, guessed = np.arange(80) < 48, np.arange(80) >= 80 - guessed_right
    pool = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0, right=right, guessed=guessed)
    hardly = trial_with(0.60, 0.62, 0.58, 0.61, 0.58, weight=HARDLY, right=right, guessed=guessed)
    alone = trial_with(0.60, 0.62, 0.58, 0.61, 0.57, right=right, guessed=guessed)
    assert best_trial([pool, hardly, alone]).parameters == {"unlabelled_weight": weight}


def test_a_clear_lead_counts_also_where_guesses_are_worse():
    worse = {"right": np.ones(40), "guessed": np.zeros(40)}
    pool = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0, **worse)
    hardly = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=HARDLY, **worse)
    clearly = trial_with(0.66, 0.67, 0.63, 0.66, 0.65, **worse)
    assert best_trial([pool, hardly, clearly]) is clearly
    assert best_trial([pool, clearly]) is clearly


def test_held_out_labels_are_told_by_what_flows_from_the_labels_of_other_folds():
    points, found = clouds([60, 60], spread=1.0)
    labelled, pool = np.r_[0:10, 60:70], np.r_[10:60, 70:120]
    y = found[labelled].astype(np.int64)
    neighbourhood = tie_neighbours(points[np.r_[labelled, pool]], 20)
    exam = plan_exam(y, np.arange(20), (FIELD,), 0, Metric.ACCURACY)
    inputs = as_inputs(points[np.r_[labelled, pool]])
    parameters = TEXT_EMBEDDED.candidates(20, 2)
    contestant = Contestant(TEXT_EMBEDDED, parameters, TEXT_EMBEDDED.encode(inputs, (FIELD,)), neighbourhood)
    trial = run_trials(exam, contestant, lambda what: None)[0]
    assert trial.guess_is_right.mean() > 0.9
    turned = plan_exam(np.where(np.arange(20) < 4, 1 - y, y), np.arange(20), (FIELD,), 0, Metric.ACCURACY)
    assert run_trials(turned, contestant, lambda what: None)[0].guess_is_right[:4].sum() < 4


def test_where_there_is_no_pool_the_mean_decides():
    first = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0, pool=None)
    by_chance = trial_with(0.70, 0.50, 0.70, 0.55, 0.65, pool=None)
    assert best_trial([first, by_chance]) is by_chance


def test_between_kinds_of_models_the_mean_decides():
    words = trial_with(0.70, 0.50, 0.70, 0.55, 0.65, estimator=TEXT_LINEAR)
    meanings = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0)
    assert best_trial([words, meanings]) is words
    assert best_trial([meanings, words]) is words
