"""Wilson's interval for a share."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from hitl.ml.intervals import wilson_interval

counts = st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@settings(max_examples=60, deadline=None)
@given(counts=counts, confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_it_is_the_one_of_scipy(counts, confidence):
    successes, n = counts
    ours = wilson_interval(successes, n, confidence)
    theirs = binomtest(successes, n).proportion_ci(confidence_level=confidence, method="wilson")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert 0.0 <= ours.low <= successes / n <= ours.high <= 1.0


def test_a_hand_computed_case():
    # n = 1, one success, z = 1.96: low = 1/(1 + z²) = .2065
    assert wilson_interval(1, 1).low == pytest.approx(1 / (1 + 1.959964**2), abs=1e-6)


def test_no_errors_reach_zero_exactly():
    assert wilson_interval(0, 17).low == 0.0
    assert wilson_interval(17, 17).high == 1.0


def test_nothing_seen_is_not_known():
    assert wilson_interval(0, 0) is None


def test_it_narrows_with_n():
    widths = [(one.high - one.low) for one in (wilson_interval(n // 2, n) for n in (10, 100, 1_000))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes, n):
    with pytest.raises(ValueError, match="successes must lie"):
        wilson_interval(successes, n)
