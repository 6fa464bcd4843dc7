"""How right a version is within the values of a column."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact as reference

from hitl.ml.slices import MOST_VALUES, fisher_exact, measure_slices

tables = st.tuples(st.integers(1, 120), st.integers(1, 120)).flatmap(
    lambda sizes: st.tuples(st.integers(0, sizes[0]), st.just(sizes[0]), st.integers(0, sizes[1]), st.just(sizes[1]))
)


@settings(max_examples=80, deadline=None)
@given(table=tables)
def test_fishers_test_is_the_one_of_scipy(table):
    first_right, first, second_right, second = table
    theirs = reference([[first_right, first - first_right], [second_right, second - second_right]]).pvalue
    assert fisher_exact(*table) == pytest.approx(theirs, rel=1e-5, abs=1e-12)


def measure(rows):
    """From (value, is right, is accepted)."""
    values, right, accepted = zip(*rows, strict=True)
    return measure_slices({"region": list(values)}, np.array(right), np.array(accepted))


def test_a_hand_computed_case():
    rows = [("north", True, True)] * 6 + [("north", False, True)] * 2 + [("north", False, False)] * 2
    rows += [("south", True, False)] * 10
    north, south = measure(rows)
    assert (north.value, north.accuracy.value, north.accuracy.n) == ("north", 0.6, 10)
    assert (north.accepted.value, north.risk.value, north.risk.n) == (0.8, 0.25, 8)
    assert (south.accuracy.value, south.accepted.value) == (1.0, 0.0)
    assert (south.risk.value, south.risk.n) == (None, 0)


def test_where_most_goes_wrong_beyond_its_size_comes_first():
    rows = [("big", n % 10 > 0, True) for n in range(300)] + [("bad", n % 2 > 0, True) for n in range(60)]
    rows += [("fine", True, True)] * 40
    # wrong beyond 15 % of the size: bad 30 − 9, fine 0 − 6, big 30 − 45
    assert [one.value for one in measure(rows)] == ["bad", "fine", "big"]


def test_a_slice_with_too_few_labels_is_not_tested():
    rows = [("many", n % 10 > 0, True) for n in range(300)] + [("few", False, True)] * 9
    by_value = {one.value: one for one in measure(rows)}
    assert by_value["few"].chance is None
    assert by_value["many"].chance is not None


def test_a_column_of_one_value_has_no_rest_to_compare_with():
    assert measure([("only", n % 3 > 0, True) for n in range(200)])[0].chance is None


def test_of_many_values_the_most_frequent_are_measured():
    rows = [(f"v{n % 100}", True, True) for n in range(1_000)] + [("often", True, True)] * 50
    found = measure(rows)
    assert len(found) == MOST_VALUES
    assert "often" in {one.value for one in found}


def test_without_labels_there_is_nothing():
    assert measure_slices({"a": []}, np.empty(0, dtype=bool), np.empty(0, dtype=bool)) == ()


def test_when_no_slice_differs_one_is_marked_in_at_most_a_twentieth_of_all_looks():
    rng = np.random.default_rng(3)
    runs, marked = 200, 0
    for _ in range(runs):
        columns = {name: rng.choice(list("abcdef"), size=900).tolist() for name in ("one", "two", "three")}
        found = measure_slices(columns, rng.random(900) < 0.85, np.ones(900, dtype=bool))
        marked += any(one.chance is not None and one.chance < 0.05 for one in found)
    assert marked / runs <= 0.08  # .05 and two standard errors of 200 runs
