"""Dates with the day or the month first: which way a column is written, and its cells as ISO dates."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hitl.domain.record_reading import MISSING_NUMBERS
from hitl.domain.rows import Reject, Row


class DateStyle(StrEnum):
    """How the dates of a column are written."""

    PLAIN = "plain"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


_DATE = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})"
    r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<seconds>\d{2})(?:[.,](?P<fraction>\d{1,6}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?)?"
)
_CENTURY_TURNS = 69
_MONTHS = _HALF_DAY = 12
_DAYS = 31


@dataclass
class DateEvidence:
    """What the cells of one column have shown so far.

    Attributes
    ----------
    is_possible : bool
        Whether every cell that is not empty is a date with the year at its end.
    day_first, month_first : str
        A cell that is a date in that order alone; empty while none was seen. Dots mean the day first.
    either : str
        A cell that is another date in both orders, like 03/04/2024.
    """

    is_possible: bool = True
    day_first: str = ""
    month_first: str = ""
    either: str = ""

    def add(self, cell: str) -> None:
        """Take one more cell into account."""
        text = cell.strip()
        if not self.is_possible or text.casefold() in MISSING_NUMBERS:
            return
        found = _DATE.fullmatch(text)
        first, second = (int(found["first"]), int(found["second"])) if found else (0, 0)
        if not found or not (min(first, second) > 0 and min(first, second) <= _MONTHS and max(first, second) <= _DAYS):
            self.is_possible = False
        elif first > _MONTHS or found["mark"] == ".":
            self.day_first = self.day_first or text
        elif second > _MONTHS:
            self.month_first = self.month_first or text
        elif first != second:
            self.either = self.either or text

    @property
    def example(self) -> str:
        """A cell that shows the order best; empty where the column holds no such dates."""
        return (self.day_first or self.month_first or self.either) if self.is_possible else ""

    def is_sure(self) -> bool:
        """Whether a cell settles the order, unless a later one is no date or contradicts it."""
        return self.is_possible and bool(self.day_first) != bool(self.month_first)

    def style(self) -> DateStyle | None:
        """The order; PLAIN where cells stay as they are, None where it can't be known."""
        if not self.example:
            return DateStyle.PLAIN
        if bool(self.day_first) == bool(self.month_first):
            return None
        return DateStyle.DAY_FIRST if self.day_first else DateStyle.MONTH_FIRST


def find_dates(records: Iterable[Row | Reject], columns: Iterable[str]) -> dict[str, DateEvidence]:
    """The evidence of whole columns; the records are read only as long as one may hold dates."""
    found = {column: DateEvidence() for column in columns}
    open_columns = dict(found)
    for record in records:
        if isinstance(record, Row):
            for column, evidence in list(open_columns.items()):
                evidence.add(record.values.get(column, ""))
                if not evidence.is_possible:
                    del open_columns[column]
        if not open_columns:
            break
    return found


def iso_date(text: str, style: DateStyle) -> str:
    """The date as ISO; a text that is no date in that order stays as it is.

    >>> iso_date("31.12.2024", DateStyle.DAY_FIRST), iso_date("03/04/24 1:05 PM", DateStyle.MONTH_FIRST)
    ('2024-12-31', '2024-03-04T13:05:00')
    >>> iso_date("soon", DateStyle.DAY_FIRST)
    'soon'
    """
    found = _DATE.fullmatch(text.strip())
    if style is DateStyle.PLAIN or not found:
        return text
    day, month = (
        (found["first"], found["second"]) if style is DateStyle.DAY_FIRST else (found["second"], found["first"])
    )
    try:
        moment = datetime(_full_year(found["year"]), int(month), int(day), *_clock(found))  # noqa: DTZ001  no zone is told
    except ValueError:
        return text
    return moment.isoformat() if found["hour"] else moment.date().isoformat()


def iso_dates(records: Iterable[Row | Reject], styles: Mapping[str, DateStyle]) -> Iterator[Row | Reject]:
    """The records with the dates of the given columns as ISO."""
    wanted = [(column, style) for column, style in styles.items() if style is not DateStyle.PLAIN]
    if not wanted:
        yield from records
        return
    for record in records:
        yield _with_iso(record, wanted) if isinstance(record, Row) else record


def _with_iso(row: Row, wanted: Sequence[tuple[str, DateStyle]]) -> Row:
    changed = {column: iso_date(row.values[column], style) for column, style in wanted if column in row.values}
    return Row(row.number, {**row.values, **changed})


def _full_year(text: str) -> int:
    """Two digits are of this century up to 68, as POSIX reads them."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if year < _CENTURY_TURNS else 1900)


def _clock(found: re.Match[str]) -> tuple[int, int, int, int]:
    hour = int(found["hour"] or 0)
    if found["half"]:
        if not 1 <= hour <= _HALF_DAY:
            raise ValueError(hour)
        hour = hour % _HALF_DAY + (_HALF_DAY if found["half"] in "Pp" else 0)
    fraction = (found["fraction"] or "").ljust(6, "0")
    return hour, int(found["minute"] or 0), int(found["seconds"] or 0), int(fraction)
