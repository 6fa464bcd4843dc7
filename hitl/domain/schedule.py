"""Recurring work: on which local day, and at which moment, something that is done once a day is due.

The clocks of a named time zone are changed twice a year, a machine sleeps, and its clock may go back. So a day, not a
span of seconds, is what is counted off: whoever does the work keeps the day that ``due`` gave.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hitl.domain.errors import BadInput
from hitl.domain.language import _

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Daily:
    """Once every local day, at a time of day (to the minute) in a named time zone such as ``Europe/Berlin``."""

    at: time
    zone: str

    @property
    def text(self) -> str:
        """The time of day as ``03:00``."""
        return self.at.strftime("%H:%M")


def read_daily(at: str, zone: str) -> Daily:
    """The rule that a time as ``HH:MM`` and the name of a time zone give.

    >>> read_daily("3:05", "UTC").text
    '03:05'

    Raises
    ------
    BadInput
        That is no time of day, or no known time zone.
    """
    try:
        moment = datetime.strptime(at.strip(), "%H:%M").time()  # noqa: DTZ007  a time of day has no zone
    except ValueError:
        raise BadInput(
            _("'{at}' is not a time of day. Write hours and minutes, for example 03:00.").format(at=at)
        ) from None
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise _unknown_zone(zone) from None
    return Daily(moment, zone)


def due(rule: Daily, *, now: datetime, since: datetime, last_day: date | None) -> date | None:
    """The local day whose turn has come and was not taken yet, or None.

    After a sleep of several days it is the last of them alone. A clock that went back finds its day taken; a
    ``last_day`` further ahead than tomorrow, or a ``since`` further ahead than a day, is from a clock that was wrong,
    and says nothing.

    Parameters
    ----------
    rule : Daily
    now : datetime
        With a time zone.
    since : datetime
        When the rule was set: an earlier turn of that day doesn't count.
    last_day : date or None
        The day that the latest work was done for.

    Examples
    --------
    >>> rule = Daily(time(3), "UTC")
    >>> set_at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> due(rule, now=datetime(2026, 1, 2, 2, 59, tzinfo=UTC), since=set_at, last_day=None) is None
    True
    >>> due(rule, now=datetime(2026, 1, 2, 3, 0, tzinfo=UTC), since=set_at, last_day=None)
    datetime.date(2026, 1, 2)
    """
    day = _latest_day(rule, now)
    if moment_on(rule, day) <= since <= now + _DAY:
        return None
    is_taken = last_day is not None and day <= last_day <= now.astimezone(ZoneInfo(rule.zone)).date() + _DAY
    return None if is_taken else day


def next_moment(rule: Daily, *, now: datetime, last_day: date | None) -> datetime:
    """When the rule's next turn comes, in UTC; later than ``now``.

    >>> next_moment(Daily(time(3), "UTC"), now=datetime(2026, 1, 2, 3, tzinfo=UTC), last_day=date(2026, 1, 2)).day
    3
    """
    day = _latest_day(rule, now) + _DAY
    if last_day is not None and last_day == day:  # the clock went back over a turn that was taken
        day += _DAY
    return moment_on(rule, day)


def moment_on(rule: Daily, day: date) -> datetime:
    """The moment of the rule's turn on a local day, in UTC.

    A time that the clocks skip in spring is taken as if they had not been changed yet, so it comes later by what was
    skipped; of a time that comes twice in autumn the first one counts.
    """
    return datetime.combine(day, rule.at, tzinfo=ZoneInfo(rule.zone)).astimezone(UTC)


def _latest_day(rule: Daily, now: datetime) -> date:
    today = now.astimezone(ZoneInfo(rule.zone)).date()
    return today if moment_on(rule, today) <= now else today - _DAY


def _unknown_zone(zone: str) -> BadInput:
    return BadInput(
        _("'{zone}' is not a time zone known here. Write a name such as Europe/Berlin or America/New_York.").format(
            zone=zone
        )
    )
