"""How many labels a share needs before it is shown."""

from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from hitl.ml.intervals import wilson_interval
from hitl.ml.label_needs import labels_needed


def test_a_hand_computed_case():
    # share ½: the half width is z / (2 √(n + z²)), so n = z²/(4h²) − z² = 96.04 − 3.84
    z2 = norm.ppf(0.975) ** 2
    assert labels_needed(0.5, half_width=0.1) == ceil(z2 / 0.04 - z2) == 93


def test_what_is_not_known_needs_the_most():
    assert labels_needed(None) == max(labels_needed(share / 20) for share in range(21))


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0.5, 0.95), half_width=st.floats(0.02, 0.2))
def test_with_so_many_the_interval_is_narrow_enough_and_with_one_fewer_it_is_not(share, half_width):
    n = labels_needed(share, half_width=half_width)
    assert half_width_of(share, n) <= half_width < half_width_of(share, n - 1)


def test_it_agrees_with_the_interval_that_is_shown():
    n = labels_needed(0.8)
    found = wilson_interval(round(0.8 * n), n)
    assert (found.high - found.low) / 2 == pytest.approx(0.1, abs=0.003)


def half_width_of(share, n):
    z = norm.ppf(0.975)
    return z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5
