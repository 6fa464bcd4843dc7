"""How right a model was, with what cannot be known as None."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as reference

from hitl.ml.metrics import Metric, confusion_matrix, evaluate, reliability_bins, score, share_measurement

few = settings(max_examples=25, deadline=None)
pairs = st.integers(1, 40).flatmap(lambda n: st.tuples(*[arrays(np.int64, n, elements=st.integers(1, 4))] * 2))


def ids(*values):
    return np.array(values, dtype=np.int64)


def evaluated(y_true, y_predicted, class_ids=(1, 2)):
    return evaluate(ids(*y_true), ids(*y_predicted), np.full(len(y_true), 0.75), ids(*class_ids))


def test_a_hand_computed_case():
    # Class 1: 2 of 3 found, 2 of 2 right; class 2: 1 of 1 found, 1 of 2 right.
    result = evaluated([1, 1, 1, 2], [1, 1, 2, 2])
    assert result.confusion == ((2, 1), (0, 1))
    assert result.accuracy.value == 0.75
    assert result.balanced_accuracy.value == pytest.approx((2 / 3 + 1) / 2)
    assert result.macro_f1.value == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert result.per_class[0].recall.value == pytest.approx(2 / 3)
    assert result.per_class[1].precision.value == pytest.approx(1 / 2)
    assert result.calibration_error == pytest.approx(
        (3 * 0.25 + 0.75) / 4
    )  # bins of one item, claimed 75 %: three right


def test_nothing_labelled_is_not_known():
    result = evaluated([], [])
    assert result.n == 0
    assert [result.accuracy.value, result.macro_f1.value, result.balanced_accuracy.low] == [None, None, None]
    assert result.calibration_error is None
    assert result.reliability == ()


def test_a_class_that_neither_occurs_nor_is_predicted_is_not_known():
    absent = evaluated([1, 1], [1, 1], class_ids=(1, 2)).per_class[1]
    assert (absent.precision.value, absent.recall.value, absent.f1) == (None, None, None)


def test_a_class_that_is_not_listed_is_added_at_the_end():
    result = evaluated([1, 9], [5, 1], class_ids=(2, 1))
    assert result.class_ids == (2, 1, 5, 9)
    assert sum(map(sum, result.confusion)) == 2


@few
@given(labels=pairs)
def test_numbers_are_those_of_scikit_learn(labels):
    y_true, y_predicted = labels
    result = evaluate(y_true, y_predicted, np.full(len(y_true), 0.5), ids(1, 2, 3, 4))
    assert result.accuracy.value == pytest.approx(reference.accuracy_score(y_true, y_predicted))
    assert result.macro_f1.value == pytest.approx(reference.f1_score(y_true, y_predicted, average="macro"))
    recalls = reference.recall_score(y_true, y_predicted, average=None, labels=np.unique(y_true), zero_division=0)
    assert result.balanced_accuracy.value == pytest.approx(recalls.mean())
    theirs = reference.confusion_matrix(y_true, y_predicted, labels=[1, 2, 3, 4])
    assert np.array_equal(result.confusion, theirs)


@few
@given(labels=pairs)
def test_the_score_candidates_are_compared_by_is_the_number_shown(labels):
    y_true, y_predicted = labels
    result = evaluate(y_true, y_predicted, np.full(len(y_true), 0.5), ids(1, 2, 3, 4))
    for metric in Metric:
        assert score(metric, y_true, y_predicted) == pytest.approx(getattr(result, metric.value).value)


@few
@given(labels=pairs)
def test_every_interval_holds_its_value(labels):
    result = evaluate(*labels, np.full(len(labels[0]), 0.5), ids(1, 2, 3, 4))
    shown = [result.accuracy, result.macro_f1, result.balanced_accuracy]
    shown += [one.recall for one in result.per_class if one.recall.n]
    assert all(0 <= one.low <= one.value <= one.high <= 1 for one in shown)


def test_the_same_labels_show_the_same_interval_on_every_visit():
    rng = np.random.default_rng(0)
    y_true, y_predicted = rng.integers(1, 4, 80), rng.integers(1, 4, 80)
    assert evaluated(y_true, y_predicted) == evaluated(y_true, y_predicted)


def test_the_bootstrap_interval_narrows_with_the_root_of_n():
    y_true, y_predicted = [1, 1, 1, 2, 2, 2] * 10, [1, 1, 2, 2, 2, 1] * 10
    small, large = evaluated(y_true, y_predicted).macro_f1, evaluated(y_true * 4, y_predicted * 4).macro_f1
    assert (small.high - small.low) / (large.high - large.low) == pytest.approx(2.0, rel=0.15)


def test_a_share_of_nothing_is_not_known():
    assert share_measurement(0, 0).value is None


def test_the_confusion_matrix_follows_the_order_given():
    assert confusion_matrix(ids(5, 5, 3), ids(5, 3, 3), ids(5, 3)).tolist() == [[1, 1], [0, 1]]


def test_reliability_bins_rise_in_confidence_and_hold_every_item():
    rng = np.random.default_rng(0)
    bins = reliability_bins(rng.random(103), rng.random(103) < 0.5)
    claimed = [one.mean_confidence for one in bins]
    assert claimed == sorted(claimed)
    assert sum(one.accuracy.n for one in bins) == 103


def test_fewer_items_than_bins_make_fewer_bins():
    assert len(reliability_bins(np.array([0.2, 0.9]), np.array([True, False]))) == 2


def test_an_evaluation_survives_json():
    plain = evaluated([1, 2, 2], [1, 2, 1]).to_json()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
