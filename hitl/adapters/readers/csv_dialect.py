"""How a text table is written: what parts its cells, what quotes them, and whether row 1 is a header."""

import csv
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from hitl.domain.record_reading import MISSING_NUMBERS, parse_number

DELIMITERS = (",", ";", "\t", "|")
QUOTES = ('"', "'")
_LOOKED_AT = 100
_ANY_DELIMITER = "[,;\t|]"
_FIRST_DELIMITER = re.compile(_ANY_DELIMITER)
_QUOTED = {
    quote: re.compile(rf"(?:^|(?<={_ANY_DELIMITER}))[ ]?{quote}[^{quote}\n]*{quote}(?={_ANY_DELIMITER}|$)")
    for quote in QUOTES
}
_NUMBER = re.compile(r"[+-]?[\d.,'\u00a0\u202f ]*\d")


def find_quote(lines: Sequence[str]) -> str:
    """The double quote, unless only single quotes stand around whole cells, in at least half of the lines.

    >>> find_quote(["a,b", "'one, two',3", "'four',5"])
    "'"
    """
    bare = [line.rstrip("\r\n") for line in lines[1:_LOOKED_AT] if line.strip()]
    if any('"' in line for line in bare) or not bare:
        return '"'
    single = sum(bool(_QUOTED["'"].search(line)) for line in bare)
    return "'" if 2 * single >= len(bare) else '"'


def find_delimiter(lines: Sequence[str], *, quote: str) -> str:
    """The delimiter by which most rows have as many cells as the first one.

    Of several, the one with more cells. A first row that holds none has one column, parted by commas.

    >>> find_delimiter(["id;price", "1;2,50", "2;3,75"], quote='"')
    ';'
    """
    scored = []
    for order, delimiter in enumerate(DELIMITERS):
        widths = _widths(lines, delimiter, quote)
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths) / len(widths)
        scored.append((even, widths[0], -order, delimiter))
    return max(scored)[3] if scored else _absent_delimiter(lines, quote)


def count_preamble(lines: Sequence[str], *, delimiter: str | None = None) -> int:
    """How many lines above the table are no part of it: comments, or a title parted from it by an empty line.

    >>> count_preamble(["# made today", "id,text", "1,a", "2,b"]), count_preamble(["id,text", "1,a"])
    (1, 0)
    """
    above = 0
    while above < len(lines) and (taken := _preamble_lines(lines, above)):
        above += taken
    if not "".join(lines[:above]).strip():
        return 0
    rest = [line for line in lines[above:] if line.strip()]
    found = delimiter or find_delimiter(rest, quote='"')
    widths = _widths(rest, found, '"')
    if len(widths) < 2 or widths[0] < 2 or any(width != widths[0] for width in widths):
        return 0
    named = [place for place in range(above) if _widths(lines[place : place + 1], found, '"') == [widths[0]]]
    return named[0] if named else above


def has_spaced_quotes(lines: Sequence[str], *, delimiter: str, quote: str) -> bool:
    """Whether a blank parts delimiter and quote, so that rows come out even only when such blanks are skipped.

    >>> has_spaced_quotes(['id, "text"', '1, "a, b"'], delimiter=",", quote='"')
    True
    """
    if not any(f"{delimiter} {quote}" in line for line in lines):
        return False
    spaced = _widths(lines, delimiter, quote, is_spaced=True)
    return len(set(spaced)) == 1 and len(spaced) > 1 and spaced[0] > 1


def _preamble_lines(lines: Sequence[str], place: int) -> int:
    """How many lines from this place on may stand above a table: a comment, a blank line, a title with its blank."""
    line = lines[place]
    if not line.strip() or line.lstrip().startswith("#"):
        return 1
    is_title = place + 1 < len(lines) and not lines[place + 1].strip()
    return 2 if is_title and not _FIRST_DELIMITER.search(line) else 0


def _absent_delimiter(lines: Sequence[str], quote: str) -> str:
    """For a table of one column: the comma, or another where commas stand in some of its texts."""
    widths = _widths(lines, ",", quote)
    if 2 * sum(width > 1 for width in widths) >= len(widths):
        return ","
    return next((one for one in DELIMITERS if set(_widths(lines, one, quote)) == {1}), ",")


def find_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns: not when it holds a number above numbers.

    >>> find_header([["id", "price"], ["1", "2.5"]]), find_header([["1", "2.5"], ["2", "3.5"]])
    (True, False)
    """
    if len(rows) < 2:
        return True
    first, rest = rows[0], rows[1:]
    for place, cell in enumerate(first):
        below = [row[place].strip() for row in rest if len(row) > place]
        filled = [value for value in below if value.casefold() not in MISSING_NUMBERS]
        if _is_number(cell) and filled and all(_is_number(value) for value in filled) and not _is_year(cell):
            return False
    return True


def _widths(lines: Sequence[str], delimiter: str, quote: str, *, is_spaced: bool = False) -> list[int]:
    reader = csv.reader(iter(lines), delimiter=delimiter, quotechar=quote, skipinitialspace=is_spaced)
    widths: list[int] = []
    with suppress(csv.Error):
        widths.extend(len(row) for row in islice(reader, _LOOKED_AT) if row)
    return widths


def _is_number(text: str) -> bool:
    bare = text.strip()
    return parse_number(bare) is not None or bool(bare and _NUMBER.fullmatch(bare))


def _is_year(text: str) -> bool:
    """Tables of years have years for names: 2023, 2024."""
    return text.strip().isdigit() and 1900 <= int(text) <= 2100
