"""The difference of two versions on the same labels."""

from itertools import product
from math import comb, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binomtest, norm

from hitl.ml.paired import adjust_for_many_looks, paired_difference, sign_test

tables = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).flatmap(lambda fixed: st.tuples(st.just(fixed), st.integers(0, n - fixed), st.just(n)))
)


def likeliest_score(fixed, newly_wrong, n, difference):
    """The score statistic with the nuisance probability found by a numeric search, not by Tango's formula."""
    same = n - fixed - newly_wrong

    def negative_log_likelihood(q):
        terms = ((fixed, q + difference), (newly_wrong, q), (same, 1 - 2 * q - difference))
        return -sum(count * (-50 if p <= 0 else log(p)) for count, p in terms if count)

    low, high = max(0.0, -difference), (1 - difference) / 2
    q = minimize_scalar(negative_log_likelihood, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (fixed - newly_wrong - n * difference) / (n * (2 * q + difference - difference**2)) ** 0.5


@pytest.mark.parametrize(("fixed", "newly_wrong", "n"), [(9, 1, 100), (12, 2, 50), (3, 7, 40), (20, 20, 300)])
def test_its_ends_are_where_the_score_test_just_rejects(fixed, newly_wrong, n):
    found = paired_difference(fixed, newly_wrong, n)
    z = norm.ppf(0.975)
    low = brentq(lambda d: likeliest_score(fixed, newly_wrong, n, d) - z, -0.9, found.value - 1e-6)
    high = brentq(lambda d: likeliest_score(fixed, newly_wrong, n, d) + z, found.value + 1e-6, 0.9)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)


def test_without_any_difference_it_is_z_squared_over_n_plus_z_squared():
    found = paired_difference(0, 0, 50)
    z2 = norm.ppf(0.975) ** 2
    assert (found.low, found.value, found.high) == pytest.approx((-z2 / (50 + z2), 0, z2 / (50 + z2)))


def test_the_ends_of_the_scale_are_reached():
    assert paired_difference(5, 0, 5).high == 1.0
    assert paired_difference(0, 5, 5).low == -1.0


@settings(max_examples=150, deadline=None)
@given(table=tables)
def test_it_holds_the_value_and_turns_round_with_the_versions(table):
    fixed, newly_wrong, n = table
    ours, theirs = paired_difference(fixed, newly_wrong, n), paired_difference(newly_wrong, fixed, n)
    assert -1 <= ours.low <= ours.value <= ours.high <= 1
    assert (ours.low, ours.high) == pytest.approx((-theirs.high, -theirs.low), abs=1e-9)


def test_it_narrows_with_n():
    widths = [one.high - one.low for one in (paired_difference(n // 10, n // 20, n) for n in (40, 400, 4_000))]
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize(
    ("n", "fixed_share", "newly_wrong_share"), [(30, 0.1, 0.05), (30, 0.02, 0.02), (60, 0.2, 0.05), (60, 0.05, 0.0)]
)
def test_it_covers_the_truth_about_as_often_as_it_says(n, fixed_share, newly_wrong_share):
    """Exact, over all tables; score intervals are right on average and seldom far under."""
    truth = fixed_share - newly_wrong_share
    covered = 0.0
    for fixed, newly_wrong in product(range(n + 1), repeat=2):
        same = n - fixed - newly_wrong
        if same < 0:
            continue
        likelihood = comb(n, fixed) * comb(n - fixed, newly_wrong) * fixed_share**fixed
        likelihood *= newly_wrong_share**newly_wrong * (1 - fixed_share - newly_wrong_share) ** same
        if likelihood > 1e-12:
            found = paired_difference(fixed, newly_wrong, n)
            covered += likelihood * (found.low <= truth <= found.high)
    assert 0.93 <= covered <= 1.0


@pytest.mark.parametrize("table", [(-1, 0, 5), (3, 3, 5)])
def test_impossible_counts_are_refused(table):
    with pytest.raises(ValueError, match="together"):
        paired_difference(*table)


@settings(deadline=None)
@given(fixed=st.integers(0, 200), newly_wrong=st.integers(0, 200))
def test_the_sign_test_is_the_one_of_scipy(fixed, newly_wrong):
    ours = sign_test(fixed, newly_wrong)
    if fixed + newly_wrong == 0:
        assert ours is None
    else:
        assert ours == pytest.approx(binomtest(fixed, fixed + newly_wrong).pvalue, abs=1e-12)


@given(chances=st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12))
def test_adjusted_chances_keep_their_order_and_never_shrink(chances):
    adjusted = adjust_for_many_looks(chances)
    assert [one is None for one in adjusted] == [one is None for one in chances]
    pairs = sorted((one, other) for one, other in zip(chances, adjusted, strict=True) if one is not None)
    assert all(one <= other <= 1 for one, other in pairs)
    assert [other for _, other in pairs] == sorted(other for _, other in pairs)


def test_one_look_needs_no_adjustment():
    assert adjust_for_many_looks([0.03]) == [0.03]
