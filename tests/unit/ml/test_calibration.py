"""Probabilities that mean what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LogisticRegression

from hitl.ml.calibration import (
    ABSENT_CLASS_PROBA,
    Calibration,
    equal_mass_bins,
    expected_calibration_error,
    fit_calibration,
    fit_temperature,
    fit_top_label_platt,
    routing_confidence,
    temper,
)

few = settings(max_examples=20, deadline=None)
score_matrices = arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(2, 5)), elements=st.floats(-30, 30))


def drawn_labels(proba, rng):
    """One label an item, drawn from its own probabilities: a forecast that is right by construction."""
    return (rng.random(len(proba))[:, None] > proba.cumsum(axis=1)).sum(axis=1)


def true_forecast(n_items, seed=0):
    rng = np.random.default_rng(seed)
    log_proba = log_softmax(rng.normal(0, 2, (n_items, 3)), axis=1)
    return log_proba, drawn_labels(np.exp(log_proba), rng)


def test_temperature_of_a_hand_computed_case():
    # Two classes at 4:1 and right in 8 of 10: T = 1 has zero gradient for the loss, and the prior is flat there too.
    log_proba = np.log(np.array([[0.8, 0.2]] * 10))
    assert fit_temperature(log_proba, np.array([0] * 8 + [1] * 2)) == pytest.approx(1.0, abs=1e-4)


def test_temperature_undoes_a_known_overconfidence():
    log_proba, columns = true_forecast(4_000)
    assert fit_temperature(log_softmax(3.0 * log_proba, axis=1), columns) == pytest.approx(3.0, rel=0.1)


def test_temperature_of_labels_all_right_stays_finite():
    log_proba = np.log(np.array([[0.9, 0.1]] * 20))
    assert 0.05 < fit_temperature(log_proba, np.zeros(20, dtype=int)) < 1.0


def test_temperature_without_a_usable_item_is_one():
    log_proba = np.array([[0.0, -np.inf], [0.0, -np.inf]])
    assert fit_temperature(log_proba, np.array([1, 1])) == pytest.approx(1.0, abs=1e-4)


@few
@given(scores=score_matrices, temperature=st.floats(0.01, 100))
def test_tempered_rows_are_probabilities_that_keep_their_order(scores, temperature):
    proba = temper(log_softmax(scores, axis=1), temperature)
    assert np.allclose(proba.sum(axis=1), 1.0)
    best = scores.argmax(axis=1)
    assert np.allclose(proba[np.arange(len(proba)), best], proba.max(axis=1))


def test_temperature_one_is_the_softmax_of_scipy():
    scores = np.array([[1.0, -2.0, 0.5], [0.0, 0.0, 3.0]])
    assert temper(log_softmax(scores, axis=1), 1.0) == pytest.approx(softmax(scores, axis=1))


def test_a_class_absent_from_the_fold_keeps_a_small_chance():
    proba = temper(np.array([[np.log(0.5), np.log(0.5), -np.inf]]), 0.01)
    assert proba[0, 2] == pytest.approx(ABSENT_CLASS_PROBA, rel=1e-3)


def test_platt_is_logistic_regression_when_items_are_many():
    rng = np.random.default_rng(0)
    top = rng.uniform(0.4, 0.99, 20_000)
    is_right = rng.random(20_000) < expit(-0.7 + 0.5 * logit(top))
    reference = LogisticRegression(C=np.inf, tol=1e-8).fit(logit(top)[:, None], is_right)
    intercept, slope = fit_top_label_platt(top, is_right)
    assert intercept == pytest.approx(reference.intercept_[0], abs=0.01)
    assert slope == pytest.approx(reference.coef_[0, 0], abs=0.01)


def test_platt_of_no_items_changes_nothing():
    assert fit_top_label_platt(np.array([]), np.array([], dtype=bool)) == (0.0, 1.0)


@few
@given(
    top=arrays(np.float64, 12, elements=st.floats(0.2, 1.0)),
    is_right=arrays(np.bool_, 12),
)
def test_platt_never_turns_ranks_over(top, is_right):
    intercept, slope = fit_top_label_platt(top, is_right)
    assert slope > 0
    assert np.isfinite(intercept)


def test_all_wrong_lowers_confidence_without_reaching_zero():
    intercept, slope = fit_top_label_platt(np.full(10, 0.9), np.zeros(10, dtype=bool))
    assert 0.0 < expit(intercept + slope * logit(0.9)) < 0.5


def test_certain_scores_stay_inside_zero_and_one():
    confidence = routing_confidence(np.array([[1.0, 0.0], [0.5, 0.5]]), Calibration(1.0, 0.0, 1.0))
    assert np.all((confidence > 0) & (confidence < 1))


def test_calibration_makes_an_overconfident_forecast_honest():
    log_proba, columns = true_forecast(3_000)
    boastful = log_softmax(4.0 * log_proba, axis=1)
    calibration = fit_calibration(boastful, columns)
    proba = temper(boastful, calibration.temperature)
    is_right = proba.argmax(axis=1) == columns
    before = expected_calibration_error(np.exp(boastful).max(axis=1), is_right)
    after = expected_calibration_error(routing_confidence(proba, calibration), is_right)
    assert before > 0.1
    assert after < 0.03


def test_calibration_of_fifty_labels_with_classes_of_one_is_finite():
    rng = np.random.default_rng(1)
    log_proba = log_softmax(rng.normal(0, 1, (50, 40)), axis=1)
    columns = np.concatenate([np.arange(40), np.zeros(10, dtype=int)])
    log_proba[np.arange(40), columns[:40]] = -np.inf  # nobody else of their class: no fold could learn it
    calibration = fit_calibration(log_proba, columns)
    confidence = routing_confidence(temper(log_proba, calibration.temperature), calibration)
    assert np.all(np.isfinite(confidence))
    assert confidence.mean() < 0.4


def test_error_of_a_hand_computed_case():
    # Bins {.6, .6} half right and {.9, .9} all right: ½·|.5 − .6| + ½·|1 − .9| = .1
    confidence = np.array([0.9, 0.6, 0.9, 0.6])
    is_right = np.array([True, True, True, False])
    assert expected_calibration_error(confidence, is_right, n_bins=2) == pytest.approx(0.1)


def test_error_agrees_with_quantile_bins_of_scikit_learn():
    rng = np.random.default_rng(0)
    confidence = rng.permutation(np.linspace(0.01, 0.99, 1_000))
    is_right = rng.random(1_000) < confidence**2
    accuracy, claimed = calibration_curve(is_right, confidence, n_bins=10, strategy="quantile")
    assert expected_calibration_error(confidence, is_right) == pytest.approx(
        np.abs(accuracy - claimed).mean(), abs=1e-9
    )


@few
@given(confidence=arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)), n_bins=st.integers(1, 12))
def test_bins_hold_every_item_once_and_differ_by_one_at_most(confidence, n_bins):
    bins = equal_mass_bins(confidence, n_bins)
    assert sorted(np.concatenate(bins).tolist()) == list(range(len(confidence)))
    sizes = [len(rows) for rows in bins]
    assert max(sizes) - min(sizes) <= 1
