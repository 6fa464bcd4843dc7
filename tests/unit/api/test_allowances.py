"""hitl.api.allowances: so many a minute for each, and so many remembered."""

from hypothesis import given
from hypothesis import strategies as st

from hitl.api.allowances import Allowances


class Clock:
    def __init__(self):
        self.now = 1_000.0

    def __call__(self):
        return self.now


def test_a_minutes_worth_is_there_at_once_and_fills_again_evenly():
    clock = Clock()
    allowances = Allowances(clock=clock)
    assert [allowances.take("a", 60) for _ in range(61)] == [0.0] * 60 + [1.0]
    clock.now += 1.0
    assert [allowances.take("a", 60), allowances.take("a", 60)] == [0.0, 1.0]


def test_one_asker_uses_up_nobody_elses():
    allowances = Allowances(clock=Clock())
    assert allowances.take("a", 1) == 0.0
    assert allowances.take("a", 1) == 60.0
    assert allowances.take("b", 1) == 0.0


def test_being_refused_costs_nothing():
    clock = Clock()
    allowances = Allowances(clock=clock)
    allowances.take("a", 1)
    for _ in range(100):
        assert allowances.take("a", 1) > 0
    clock.now += 60.0
    assert allowances.take("a", 1) == 0.0


def test_what_is_given_back_is_there_again_and_never_more_than_a_minutes_worth():
    allowances = Allowances(clock=Clock())
    allowances.take("a", 2)
    for _ in range(5):
        allowances.give_back("a", 2)
    assert [allowances.take("a", 2) for _ in range(3)] == [0.0, 0.0, 30.0]


def test_only_so_many_askers_are_remembered():
    allowances = Allowances(clock=Clock(), most_kept=100)
    for number in range(10_000):
        allowances.take(str(number), 1)
    assert len(allowances) == 100
    assert allowances.take("9999", 1) > 0
    assert allowances.take("0", 1) == 0.0


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200), st.integers(1, 100))
def test_in_no_minute_more_is_granted_than_twice_the_allowance(pauses, a_minute):
    clock, granted = Clock(), []
    allowances = Allowances(clock=clock)
    for pause in pauses:
        clock.now += pause
        if allowances.take("a", a_minute) == 0.0:
            granted.append(clock.now)
    for begin in granted:
        assert sum(begin <= at <= begin + 60.0 for at in granted) <= 2 * a_minute + 1
