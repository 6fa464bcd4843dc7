"""How likely labels are wrong: Bayes by hand, its limits, and what earlier findings change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from hitl.ml.second_look import PRIOR_ERRORS, correct, doubts, least_likely_rows, self_confidence

SHARES = st.floats(0.0, 1.0)


def test_the_confidence_is_that_of_the_label_an_item_has():
    proba = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    assert self_confidence(proba, np.array([2, 0])).tolist() == [0.3, 0.1]


def test_the_least_likely_come_first_and_equals_in_their_order():
    confidences, columns = np.array([0.5, 0.2, 0.5, 0.1, 0.2]), np.zeros(5, dtype=np.int64)
    assert least_likely_rows(confidences, columns, 4).tolist() == [3, 1, 4, 0]


def test_labels_of_a_class_that_is_hardly_known_are_not_doubted():
    columns = np.array([0] * 5 + [1] * 4)
    assert least_likely_rows(np.linspace(0.9, 0.1, 9), columns, 9).tolist() == [4, 3, 2, 1, 0]


def test_a_doubt_is_bayes_by_hand():
    """Of four classes, a tenth wrong: .2 · .9 = .18 for right, .8 · .1/3 = .02667 for wrong."""
    assert doubts(np.array([0.2]), class_count=4, error_rate=0.1)[0] == pytest.approx(
        0.0266667 / (0.18 + 0.0266667), 1e-5
    )


@given(SHARES, SHARES, st.integers(2, 100))
def test_a_less_likely_label_is_doubted_no_less(one, other, class_count):
    low, high = sorted((one, other))
    less, more = doubts(np.array([high, low]), class_count=class_count)
    assert 0.0 <= less <= more <= 1.0


def test_without_errors_nothing_is_doubted_however_unlikely():
    assert doubts(np.array([1e-9]), class_count=2, error_rate=0.0)[0] == 0.0


@pytest.mark.parametrize(("expected", "found"), [(0.0, 0), (8.0, 0), (8.0, 8), (3.5, 20)])
def test_the_correction_is_the_posterior_of_a_gamma(expected, found):
    posterior = gamma(PRIOR_ERRORS + found, scale=1.0 / (PRIOR_ERRORS + expected))
    got = correct(expected=expected, found=found)
    assert got.factor == pytest.approx(posterior.mean())
    assert (got.low, got.high) == pytest.approx(posterior.ppf([0.025, 0.975]))


def test_much_that_was_found_outweighs_the_beginning():
    assert correct(expected=1_000.0, found=250).factor == pytest.approx(0.25, abs=0.01)
