"""Times are UTC, written as text that sorts."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present; for shells, which pass it on as ``now``."""
    return datetime.now(UTC)


def utc_text(moment: datetime) -> str:
    """A moment as ISO 8601 text in UTC with microseconds.

    >>> utc_text(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '2026-01-02T03:04:05.000000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_utc(text: str) -> datetime:
    """The moment that ``utc_text`` wrote.

    >>> parse_utc('2026-01-02T03:04:05.000000Z') == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    True
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
