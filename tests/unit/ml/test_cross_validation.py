"""Candidates compared on items they did not see."""

import numpy as np
import pytest
from sklearn.model_selection import PredefinedSplit, cross_val_score

from hitl.ml.cross_validation import Contestant, plan_exam, run_trials
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.label_spreading import tie_neighbours
from hitl.ml.metrics import Metric
from tests.unit.ml.small_data import TABLE, TEXT, measurements, messages
from tests.unit.ml.test_label_spreading import FIELD, as_inputs, clouds


def trials_of(estimator, fields, inputs, class_ids, metric=Metric.ACCURACY):
    candidates = estimator.candidates(len(class_ids), len(np.unique(class_ids)))
    exam = plan_exam(class_ids, np.arange(len(class_ids)), fields, 0, metric)
    return exam, run_trials(
        exam, Contestant(estimator, candidates, estimator.encode(inputs, fields)), lambda what: None
    )


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


def test_log_losses_are_those_of_the_answers_left_out():
    inputs, class_ids = measurements(60)
    _, trials = trials_of(TABULAR_LINEAR, TABLE, inputs, class_ids)
    columns = np.searchsorted(np.unique(class_ids), class_ids)
    assert trials[0].log_losses == pytest.approx(-trials[0].log_proba[np.arange(60), columns])
    inputs, class_ids = messages(40)
    _, trials = trials_of(TEXT_LINEAR, TEXT, inputs, np.r_[9, class_ids[1:]])
    assert trials[0].log_losses[0] == pytest.approx(-np.log(1e-4)), "a class that its fold did not know"
