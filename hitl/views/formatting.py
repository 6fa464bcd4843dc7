"""Numbers, dates and times as the reader writes them. Exports, logs and the command line stay free of any locale.

Digits are 0–9 in every locale, so that what is read can be compared with a file and typed again.
"""

import re
from datetime import datetime, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent

from hitl.domain.clock import parse_utc
from hitl.domain.language import SOURCE_LANGUAGE, _
from hitl.domain.reader import current_reader, in_readers_zone

_HOUSE_PERCENT = "#,##0{digits} %"
"""English texts of this house write a space before the sign, as ISO 80000-1 does."""
_STAMP = re.compile(r"(?a)\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_DAY_LENGTH = len("2026-01-02")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))
_GROUPS = 5
_SPACE, _FIRM_SPACE = " ", "\u00a0"


def number(value: float, digits: int = 0) -> str:
    """A number with the reader's separators, rounded to so many digits after the point.

    >>> number(12345), number(0.5, 2)
    ('12,345', '0.50')
    """
    return _number(value, digits, current_reader().locale)


def percent_number(share: float, digits: int = 0) -> str:
    """A share as a percentage, rounded.

    >>> percent_number(0.914, 1)
    '91.4 %'
    """
    return _percent(share, digits, current_reader().locale)


def range_text(low: float, high: float) -> str:
    """Two shares as a range of percentages to one digit; the sign stands once where the locale lets it.

    >>> range_text(0.85, 0.94)
    '85.0 – 94.0 %'
    """
    return _range(low, high, current_reader().locale)


def size_text(size: float) -> str:
    """A number of bytes in the unit that suits it.

    >>> size_text(12_345_678), size_text(321)
    ('12.3 MB', '321 bytes')
    """
    for least, unit in _UNITS:
        if size >= least:
            return f"{number(size / least, 1)} {unit}"
    return _("{count} bytes").format(count=number(size))


def day_text(at: str) -> str:
    """The reader's day of a stored moment.

    >>> day_text("2026-01-02T03:04:05.000000Z")
    'Jan 2, 2026'
    """
    return _day(in_readers_zone(parse_utc(at)), current_reader().locale)


def moment_text(at: str) -> str:
    r"""The reader's day and time of a stored moment, to the minute.

    >>> moment_text("2026-01-02T15:04:05.000000Z").replace("\u202f", " ")
    'Jan 2, 2026, 3:04 PM'
    """
    return _moment(in_readers_zone(parse_utc(at)), current_reader().locale)


def stamp_text(text: str) -> str | None:
    r"""A date or moment as programs write it, put as the reader does; None for any other text.

    Without a zone its clock stays.


    >>> stamp_text("2026-01-02"), stamp_text("2026-01-02T03:04:05").replace("\u202f", " "), stamp_text("2026-01-02 x")
    ('Jan 2, 2026', 'Jan 2, 2026, 3:04 AM', None)
    """
    if not _STAMP.fullmatch(text):
        return None
    locale = current_reader().locale
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is None else in_readers_zone(moment)
    except (ValueError, OverflowError):
        return None
    return _day(moment, locale) if len(text) == _DAY_LENGTH else _moment(moment, locale)


def ago_text(at: str, now: datetime) -> str:
    """How long ago a stored moment was, roughly; from a day on its date.

    >>> from datetime import UTC
    >>> ago_text("2026-01-02T03:00:00.000000Z", datetime(2026, 1, 2, 3, 5, tzinfo=UTC))
    '5 min ago'
    """
    seconds = (now - parse_utc(at)).total_seconds()
    if seconds < _MINUTE:
        return _("just now")
    if seconds < _DAY:
        return _ago(int(seconds // _MINUTE), current_reader().locale)
    return day_text(at)


def percent_pattern(digits: int = 0) -> str:
    """A percentage as sliders and tables take it, in printf's terms: where the reader's sign stands.

    >>> percent_pattern(1)
    '%.1f %%'
    """
    return _percent(0.07, 0, current_reader().locale).replace("%", "%%").replace("7", f"%.{digits}f")


def chart_number_format() -> dict[str, object]:
    """The reader's numbers as charts take them, in d3's terms: separators, groups, what follows a percentage.

    >>> chart_number_format()["thousands"], chart_number_format()["percent"]
    (',', ' %')
    """
    return _chart_format(current_reader().locale)


@lru_cache(maxsize=256)
def babel_locale(locale: str) -> Locale:
    """What Babel knows of a locale, or of the language it is a variant of; English where it knows neither.

    >>> str(babel_locale("de_XX")), str(babel_locale("tlh"))
    ('de', 'en')
    """
    parts = locale.split("_")
    for length in range(len(parts), 0, -1):
        try:
            return Locale.parse("_".join(parts[:length]))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(SOURCE_LANGUAGE)


@lru_cache(maxsize=8192)
def _number(value: float, digits: int, locale: str) -> str:
    pattern = babel_locale(locale).decimal_formats[None].pattern.partition(".")[0]
    return str(format_decimal(value, f"{pattern}{_zeros(digits)}", locale=babel_locale(locale)))


@lru_cache(maxsize=8192)
def _percent(share: float, digits: int, locale: str) -> str:
    known = babel_locale(locale)
    house = _HOUSE_PERCENT.format(digits=_zeros(digits))
    usual = known.percent_formats[None].pattern.replace("#0", f"#0{_zeros(digits)}")
    return str(format_percent(share, house if _is_source(known) else usual, locale=known))


@lru_cache(maxsize=64)
def _chart_format(locale: str) -> dict[str, object]:
    known = babel_locale(locale)
    first, second = known.decimal_formats[None].grouping
    return {
        "decimal": known.number_symbols["latn"]["decimal"],
        "thousands": known.number_symbols["latn"]["group"],
        "grouping": [first, *[second] * _GROUPS],
        "currency": ["", ""],
        "percent": _percent(0.07, 0, locale).partition("7")[2] or "%",
    }


@lru_cache(maxsize=2048)
def _range(low: float, high: float, locale: str) -> str:
    end = _percent(high, 1, locale)
    is_last = end[-1] in "%٪"
    return f"{_number(low * 100, 1, locale) if is_last else _percent(low, 1, locale)} – {end}"


@lru_cache(maxsize=1024)
def _ago(minutes: int, locale: str) -> str:
    known, hours = babel_locale(locale), minutes // _MINUTE
    if _is_source(known):
        return _("{hours} h ago").format(hours=hours) if hours else _("{minutes} min ago").format(minutes=minutes)
    span = timedelta(hours=hours) if hours else timedelta(minutes=minutes)
    text = format_timedelta(-span, "minute", threshold=1, add_direction=True, format="short", locale=known)
    return _firm(text, locale)


def _day(moment: datetime, locale: str) -> str:
    return _firm(str(format_date(moment.date(), "medium", locale=babel_locale(locale))), locale)


def _moment(moment: datetime, locale: str) -> str:
    time = format_time(moment.replace(tzinfo=None).time(), "short", locale=babel_locale(locale))
    return f"{_day(moment, locale)}, {_firm(str(time), locale)}"


def _firm(text: str, locale: str) -> str:
    """With spaces that don't break, so that ``24. 11. 2026`` begins no list in Markdown."""
    return text if _is_source(babel_locale(locale)) else text.replace(_SPACE, _FIRM_SPACE)


def _zeros(digits: int) -> str:
    return f".{'0' * digits}" if digits else ""


def _is_source(locale: Locale) -> bool:
    return locale.language == SOURCE_LANGUAGE
