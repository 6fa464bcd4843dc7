"""Who reads: the locale and the time zone that words, numbers and times are given in.

Times are stored in UTC and numbers as they are; only what a person sees is put into these. A shell says who reads:
for one thread or task with ``reading``, for all that say nothing with ``find_reader_by``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}")
_CHARSET = re.compile(r"[.@].*")
_TERMINAL_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
_LONGEST_TAG = 35
_LONGEST_ZONE = 64


@dataclass(frozen=True)
class Reader:
    """Whose words, whose way to write numbers and dates (both tags with underscores: ``de_DE``), whose clock."""

    language: str = "en"
    locale: str = "en"
    zone: str = "UTC"


_READER: ContextVar[Reader | None] = ContextVar("reader", default=None)
_FOUND_BY: list[Callable[[], Reader]] = []


def current_reader() -> Reader:
    """Who reads now: as this thread or task says, else as the shell finds out, else English in UTC."""
    said = _READER.get()
    if said is not None:
        return said
    return _FOUND_BY[-1]() if _FOUND_BY else Reader()


def find_reader_by(find: Callable[[], Reader]) -> None:
    """Where nobody says who reads, ask this function each time; it must be cheap. The latest one counts."""
    _FOUND_BY[:] = [find]


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """A block, in this thread or task, that is for one reader."""
    token = _READER.set(reader)
    try:
        yield
    finally:
        _READER.reset(token)


@lru_cache(maxsize=512)
def make_reader(locale: str | None, zone: str | None) -> Reader:
    """A reader by what a browser says; English or UTC in place of what can't be meant.

    >>> make_reader("de-DE", "Asia/Kolkata")
    Reader(language='de_DE', locale='de_DE', zone='Asia/Kolkata')
    >>> make_reader("../etc", "Nowhere/Town"), make_reader(None, None)
    (Reader(language='en', locale='en', zone='UTC'), Reader(language='en', locale='en', zone='UTC'))
    """
    tag = _read_tag(locale or "")
    return Reader(tag, tag, _read_zone(zone or ""))


def make_terminal_reader(environ: Mapping[str, str]) -> Reader:
    """A reader by the variables of a terminal: its words alone; numbers and times stay as programs write them.

    >>> make_terminal_reader({"LANG": "pt_BR.UTF-8"}), make_terminal_reader({"LC_ALL": "C", "LANG": "de_DE"})
    (Reader(language='pt_BR', locale='en', zone='UTC'), Reader(language='en', locale='en', zone='UTC'))
    """
    named = next((environ[name] for name in _TERMINAL_NAMES if environ.get(name)), "")
    return Reader(language=_read_tag(named))


def zone_of(reader: Reader) -> tzinfo:
    """The time zone of a reader."""
    return _zone(reader.zone) or UTC


def is_zone(name: str) -> bool:
    """Whether a name is that of a time zone.

    >>> is_zone("Asia/Kolkata"), is_zone("Nowhere/Town"), is_zone("")
    (True, False, False)
    """
    return bool(name) and _read_zone(name) == name


def choose_reader(browser: Reader, *, language: str | None, zone: str | None) -> Reader:
    """The reader that a browser describes, with what a person chose for themself; None leaves what the browser says.

    >>> choose_reader(make_reader("de-AT", "Europe/Vienna"), language="en", zone="Asia/Kolkata")
    Reader(language='en', locale='en', zone='Asia/Kolkata')
    >>> choose_reader(make_reader("de-AT", "Europe/Vienna"), language="de", zone=None)
    Reader(language='de_AT', locale='de_AT', zone='Europe/Vienna')
    """
    chosen = browser
    tag = _read_tag(language) if language else browser.language
    if tag.partition("_")[0] != browser.language.partition("_")[0]:
        chosen = replace(browser, language=tag, locale=tag)
    return replace(chosen, zone=zone) if zone and is_zone(zone) else chosen


def in_readers_zone(moment: datetime) -> datetime:
    """A moment on the clock of whoever reads now."""
    return moment.astimezone(zone_of(current_reader()))


def day_start(moment: datetime, *, days_before: int = 0) -> datetime:
    """The first instant of the reader's day that a moment lies in, or of a day so many before it.

    A day is what the reader's calendar says: 23 or 25 hours when clocks change, and from 1:00 on where midnight is
    left out.
    """
    zone = zone_of(current_reader())
    day = moment.astimezone(zone).date() - timedelta(days=days_before)
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def _read_tag(tag: str) -> str:
    tag = _CHARSET.sub("", tag)
    if len(tag) > _LONGEST_TAG or not _TAG.fullmatch(tag):
        return "en"
    return tag.replace("-", "_")


def _read_zone(name: str) -> str:
    return name if name and len(name) <= _LONGEST_ZONE and _zone(name) else "UTC"


@lru_cache(maxsize=512)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):  # no such zone; a path; a folder of zones
        return None
