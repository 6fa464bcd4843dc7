"""Which candidate a version is made of."""

import numpy as np
import pytest

from hitl.ml.candidate_choice import best_trial
from hitl.ml.cross_validation import CandidateScore, Contestant, Trial
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.label_spreading import HARDLY, tie_neighbours
from hitl.ml.metrics import Metric

POOL = tie_neighbours(np.eye(3), 1)


def trial_with(*fold_scores, estimator=TEXT_EMBEDDED, weight=0.0, pool=POOL, right=(), guessed=(), losses=(0.0, 0.0)):
    parameters = {"unlabelled_weight": weight}
    score = CandidateScore(estimator.name, parameters, float(np.mean(fold_scores)), float(np.std(fold_scores)))
    contestant = Contestant(estimator, (parameters,), None, pool)
    told = np.array(guessed, dtype=bool) if len(guessed) else None
    items = (np.array(right, dtype=bool), np.array(losses), told)
    return Trial(contestant, parameters, np.empty(0), np.empty(0), score, np.array(fold_scores), *items)


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


def test_where_there_is_no_pool_the_mean_decides():
    first = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0, pool=None)
    by_chance = trial_with(0.70, 0.50, 0.70, 0.55, 0.65, pool=None)
    assert best_trial([first, by_chance]) is by_chance


def test_between_kinds_of_models_the_mean_decides():
    words = trial_with(0.70, 0.50, 0.70, 0.55, 0.65, estimator=TEXT_LINEAR)
    meanings = trial_with(0.60, 0.62, 0.58, 0.61, 0.59, weight=1.0)
    assert best_trial([words, meanings]) is words
    assert best_trial([meanings, words]) is words


def table_trial(*fold_scores, losses):
    return trial_with(*fold_scores, estimator=TABULAR_LINEAR, pool=None, losses=losses)


TIED = (0.80, 0.70, 0.80, 0.70, 0.75), (0.70, 0.80, 0.75, 0.80, 0.72)
LOW, HIGH = np.linspace(0.2, 0.4, 20), np.linspace(0.5, 0.8, 20)


def test_of_tables_the_usual_candidate_stays_where_nothing_tells_it_from_the_best():
    usual, best = table_trial(*TIED[0], losses=LOW), table_trial(*TIED[1], losses=LOW - np.tile([0.05, -0.05], 10))
    assert best.score.mean > usual.score.mean
    assert best_trial([usual, best]) is usual


def test_of_tables_ties_are_settled_by_a_clearly_lower_log_loss():
    usual, likelier = table_trial(*TIED[1], losses=HIGH), table_trial(*TIED[0], losses=LOW)
    assert likelier.score.mean < usual.score.mean
    assert best_trial([usual, likelier]) is likelier
    assert best_trial([usual, likelier], Metric.MACRO_F1) is usual, "log loss says nothing of the other metrics"


def test_of_tables_what_answers_clearly_better_wins_whatever_its_log_loss():
    usual, better = table_trial(*TIED[0], losses=LOW), table_trial(*(np.array(TIED[0]) + 0.1), losses=HIGH)
    assert best_trial([usual, better]) is better
    unlikely = table_trial(*TIED[0][::-1], losses=HIGH)
    assert best_trial([unlikely, better, usual]) is better
