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
    return max(scored)[3] if scored else ","


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


def _widths(lines: Sequence[str], delimiter: str, quote: str) -> list[int]:
    reader = csv.reader(iter(lines), delimiter=delimiter, quotechar=quote)
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
