"""Numbers with decimal comma or thousands separators: which way a column is written, and its cells in plain form."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hitl.domain.record_reading import parse_number
from hitl.domain.rows import Reject, Row


class NumberStyle(StrEnum):
    """How the numbers of a column are written."""

    PLAIN = "plain"
    COMMA = "comma"
    POINT = "point"


_SPACE = "[ \u00a0\u202f\u2009'’]"
_SIGN = "[+-]?"
_COMMA = re.compile(rf"{_SIGN}(?:\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+|[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+)(?:,\d+)?")
_POINT = re.compile(rf"{_SIGN}(?:\d+|[1-9]\d{{0,2}}(?:,\d{{3}})+|[1-9]\d{{0,2}}(?:{_SPACE}\d{{3}})+)(?:\.\d+)?")
_EITHER = re.compile(rf"{_SIGN}[1-9]\d{{0,2}}[.,]\d{{3}}")
_GROUPING = re.compile(_SPACE)


@dataclass
class ColumnEvidence:
    """What the cells of one column have shown so far.

    Attributes
    ----------
    only_comma, only_point : str
        A cell that is a number in that style and in no other; empty while none was seen.
    either : str
        A cell that is a different number in both, like 1,234.
    needs_reading : str
        A cell that is a number in some style, and not as it stands.
    """

    only_comma: str = ""
    only_point: str = ""
    either: str = ""
    needs_reading: str = ""

    def add(self, cell: str) -> None:
        """Take one more cell into account."""
        text = cell.strip()
        if not text or text.isdigit():
            return
        as_comma, as_point = bool(_COMMA.fullmatch(text)), bool(_POINT.fullmatch(text))
        if _EITHER.fullmatch(text):
            self.either = self.either or text
        elif as_comma and not as_point:
            self.only_comma = self.only_comma or text
        elif as_point and not as_comma:
            self.only_point = self.only_point or text
        if (as_comma or as_point) and parse_number(text) is None:
            self.needs_reading = self.needs_reading or text

    def is_sure(self) -> bool:
        """Whether a cell settles the style, whatever may follow."""
        return bool(self.only_comma) != bool(self.only_point) and bool(self.needs_reading)

    def is_open(self) -> bool:
        """Whether a cell is one number with a decimal comma, another with a decimal point, and none settles it."""
        return bool(self.either) and not self.only_comma and not self.only_point

    def style(self) -> NumberStyle | None:
        """The style; PLAIN where cells can stay as they are, None where it can't be known."""
        if self.only_comma and self.only_point:
            return None
        if self.only_comma:
            return NumberStyle.COMMA
        if not self.needs_reading:
            return NumberStyle.PLAIN
        if self.only_point:
            return NumberStyle.POINT
        return None if self.either else NumberStyle.POINT


def find_styles(records: Iterable[Row | Reject], columns: Iterable[str]) -> dict[str, ColumnEvidence]:
    """The evidence of whole columns."""
    found = {column: ColumnEvidence() for column in columns}
    for record in records:
        if isinstance(record, Row):
            for column, evidence in found.items():
                evidence.add(record.values.get(column, ""))
    return found


def plain_number(text: str, style: NumberStyle) -> str:
    """The number in plain form; a text that is no number in that style stays as it is.

    >>> plain_number("1.234,56", NumberStyle.COMMA), plain_number("n/a", NumberStyle.COMMA)
    ('1234.56', 'n/a')
    """
    bare = text.strip()
    if style is NumberStyle.COMMA and _COMMA.fullmatch(bare):
        return _GROUPING.sub("", bare).replace(".", "").replace(",", ".")
    if style is NumberStyle.POINT and _POINT.fullmatch(bare):
        return _GROUPING.sub("", bare).replace(",", "")
    return text


def plain_numbers(records: Iterable[Row | Reject], styles: Mapping[str, NumberStyle]) -> Iterator[Row | Reject]:
    """The records with the numbers of the given columns in plain form."""
    wanted = [(column, style) for column, style in styles.items() if style is not NumberStyle.PLAIN]
    if not wanted:
        yield from records
        return
    for record in records:
        yield _with_plain(record, wanted) if isinstance(record, Row) else record


def _with_plain(row: Row, wanted: Sequence[tuple[str, NumberStyle]]) -> Row:
    values = dict(row.values)
    for column, style in wanted:
        if column in values:
            values[column] = plain_number(values[column], style)
    return Row(row.number, values)
