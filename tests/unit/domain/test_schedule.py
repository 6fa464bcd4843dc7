"""Once every local day: time zones whose clocks change, a machine that slept, a clock that went back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.errors import BadInput
from hitl.domain.schedule import Daily, due, moment_on, next_moment, read_daily

BERLIN = ZoneInfo("Europe/Berlin")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MOMENTS = st.floats(1.26e9, 1.89e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 2010 … 2029
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")


def at(*moment):
    return datetime(*moment, tzinfo=BERLIN)


def run_through(rule, start, stop, step):
    """The days that the work is done for when the worker looks every ``step``."""
    days, now = [], start
    while now < stop:
        day = due(rule, now=now, since=start, last_day=days[-1] if days else None)
        if day:
            days.append(day)
        now += step
    return days


def test_it_is_due_from_its_minute_on_and_once():
    rule = Daily(time(3), "Europe/Berlin")
    assert due(rule, now=at(2026, 1, 5, 2, 59), since=LONG_AGO, last_day=date(2026, 1, 4)) is None
    assert due(rule, now=at(2026, 1, 5, 3, 0), since=LONG_AGO, last_day=date(2026, 1, 4)) == date(2026, 1, 5)
    assert due(rule, now=at(2026, 1, 5, 3, 1), since=LONG_AGO, last_day=date(2026, 1, 5)) is None


def test_a_rule_set_after_todays_turn_begins_tomorrow():
    rule = Daily(time(3), "Europe/Berlin")
    set_at = at(2026, 1, 5, 10)
    assert due(rule, now=at(2026, 1, 5, 23), since=set_at, last_day=None) is None
    assert due(rule, now=at(2026, 1, 6, 3), since=set_at, last_day=None) == date(2026, 1, 6)


def test_a_time_that_spring_skips_comes_an_hour_later_that_day():
    rule = Daily(time(2, 30), "Europe/Berlin")
    assert moment_on(rule, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 summer time
    days = run_through(rule, at(2026, 3, 28, 12), at(2026, 3, 31, 12), timedelta(minutes=10))
    assert days == [date(2026, 3, 29), date(2026, 3, 30), date(2026, 3, 31)]


def test_a_time_that_comes_twice_in_autumn_is_done_at_the_first():
    rule = Daily(time(2, 30), "Europe/Berlin")
    assert moment_on(rule, date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    days = run_through(rule, at(2026, 10, 24, 12), at(2026, 10, 27, 12), timedelta(minutes=10))
    assert days == [date(2026, 10, 25), date(2026, 10, 26), date(2026, 10, 27)]


def test_after_three_days_asleep_it_is_done_once():
    rule = Daily(time(3), "Europe/Berlin")
    awake = at(2026, 1, 8, 9)
    assert due(rule, now=awake, since=LONG_AGO, last_day=date(2026, 1, 5)) == date(2026, 1, 8)
    assert due(rule, now=awake, since=LONG_AGO, last_day=date(2026, 1, 8)) is None


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=23)])
def test_a_clock_that_goes_back_does_nothing_twice(back):
    rule = Daily(time(3), "Europe/Berlin")
    now = at(2026, 1, 5, 3)
    assert due(rule, now=now, since=LONG_AGO, last_day=date(2026, 1, 5)) is None
    assert due(rule, now=now - back, since=LONG_AGO, last_day=date(2026, 1, 5)) is None
    assert next_moment(rule, now=now - back, last_day=date(2026, 1, 5)) == at(2026, 1, 6, 3)


def test_a_clock_that_was_years_ahead_does_not_stop_the_work_for_years():
    rule = Daily(time(3), "Europe/Berlin")
    assert due(rule, now=at(2026, 1, 5, 4), since=LONG_AGO, last_day=date(2036, 1, 1)) == date(2026, 1, 5)


@given(
    zone=st.sampled_from(ZONES),
    at_minute=st.integers(0, 1439),
    start=MOMENTS,
    step=st.integers(5, 300),
)
def test_every_local_day_has_its_turn_once(zone, at_minute, start, step):
    rule = Daily(time(at_minute // 60, at_minute % 60), zone)
    days = run_through(rule, start, start + timedelta(days=4), timedelta(minutes=step))
    assert days == sorted(set(days))
    assert len(days) >= 3
    assert all(moment_on(rule, day) > start for day in days)


@given(zone=st.sampled_from(ZONES), at_minute=st.integers(0, 1439), now=MOMENTS)
def test_the_next_turn_lies_ahead_and_is_due_then(zone, at_minute, now):
    rule = Daily(time(at_minute // 60, at_minute % 60), zone)
    coming = next_moment(rule, now=now, last_day=None)
    assert now < coming <= now + timedelta(hours=50)
    assert due(rule, now=coming, since=now, last_day=None) is not None


@pytest.mark.parametrize("text", ["", "25:00", "3", "03:60", "noon"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(BadInput, match="for example 03:00"):
        read_daily(text, "UTC")


@pytest.mark.parametrize("zone", ["", "Europe/Nowhere", "../etc/passwd", "Mars"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(BadInput, match="Europe/Berlin"):
        read_daily("03:00", zone)
