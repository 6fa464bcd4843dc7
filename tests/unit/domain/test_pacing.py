"""Steps of bulk work grow and shrink by how long the last one held the database."""

from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.pacing import FEWEST, MOST, STEP_SECONDS, Pace, next_count


@given(count=st.integers(FEWEST, MOST), seconds=st.floats(0, 60))
def test_a_step_stays_within_its_bounds(count, seconds):
    assert FEWEST <= next_count(count, seconds) <= MOST


@given(count=st.integers(FEWEST, MOST // 2))
def test_a_slow_step_makes_the_next_one_smaller_and_a_quick_one_larger(count):
    assert next_count(count, 2 * STEP_SECONDS) <= max(count, FEWEST)
    assert next_count(count, STEP_SECONDS / 2) >= count


def test_others_get_as_long_as_the_step_took():
    times, rested = iter([0.0, 0.01, 1.0, 1.5]), []
    pace = Pace(clock=lambda: next(times), rest=rested.append, count=1_000)
    assert pace.take(lambda count: count) == 1_000
    assert pace.count == 2_000
    assert pace.take(lambda count: count) == 2_000
    assert pace.count == 500
    assert [round(seconds, 3) for seconds in rested] == [0.01, 0.1]


def test_a_last_short_step_says_nothing_about_the_size():
    pace = Pace(clock=lambda: 0.0, rest=lambda seconds: None, count=1_000)
    pace.take(lambda count: 3)
    assert pace.count == 1_000
