"""CSV and its kin read as a stream: rows as a spreadsheet numbers them, and rejects that say why."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from io import TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

from hitl.adapters.readers.csv_dialect import (
    count_preamble,
    find_delimiter,
    find_header,
    find_quote,
    has_spaced_quotes,
)
from hitl.adapters.readers.table import (
    CELL_LIMIT,
    Reading,
    ReadOptions,
    Table,
    limit_rows,
    name_columns,
    number_columns,
    read_record,
)
from hitl.adapters.readers.text_encoding import UNREADABLE, mark_of
from hitl.adapters.tables import is_own_head, restore
from hitl.domain.errors import BadInput
from hitl.domain.language import _, ngettext
from hitl.domain.rows import Reject, Row

LINE_LIMIT = 32_000_000
_LOOKED_AT_LINES = 100
_LOOKED_AT_CHARACTERS = 1_000_000
_JOINT_MARK = "\ufeff"
"""What stands where files with a byte order mark were put one behind the other."""
_TOO_LONG, _ENDLESS = "field limit", "unexpected end"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True)
class _Fault:
    """Why a row can't be read, and how it stands in the file."""

    reason: str
    text: str


_Reader = Callable[[Iterable[str]], Iterator[list[str]]]


def read_csv(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """The columns and the records of a table of text; ``options.encoding`` is settled.

    Raises
    ------
    BadInput
        It has no header that can be read, or holds a line beyond all bounds.
    """
    csv.field_size_limit(CELL_LIMIT)
    lines = _open_marked_lines(stream, name=name, encoding=options.encoding or "utf-8")
    head = _take_head(lines)
    if head and _is_own(head[0], options):
        return _read_own(chain(head, lines), name=name, options=options)
    lines, head = map(_unmarked, lines), [_unmarked(line) for line in head]
    first_row = 1
    if head and (declared := _SEPARATOR_LINE.fullmatch(head[0])):
        options = replace(options, delimiter=options.delimiter or declared[1])
        head, first_row = head[1:], 2
    above = count_preamble(head, delimiter=options.delimiter)
    head, first_row = head[above:], first_row + above
    options = _settle(options, head)
    records = _number(_parse(chain(head, lines), _reader_of(head, options)), first_row)
    first = next((one for one in records if one[1] != []), (first_row, []))
    if isinstance(first[1], _Fault):
        raise BadInput(_("{name}: its first row can't be read. {reason}").format(name=name, reason=first[1].reason))
    if options.has_header:
        columns, notes = name_columns(first[1], name=name)
    else:
        columns, notes = number_columns(len(first[1]), name=name), ()
        records = chain([first], records)
    kind = _("text parted by tabs") if options.delimiter == "\t" else "CSV"
    notes = (*notes, *_preamble_notes(above))
    return Table(columns, limit_rows(_read(records, columns), name=name), Reading(kind, options, notes=notes))


def _is_own(line: str, options: ReadOptions) -> bool:
    """Whether a table was exported from here, and nobody says that it is to be read otherwise."""
    is_read_so = options.has_header is not False and {options.delimiter, options.quote} <= {None, ",", '"'}
    return is_read_so and is_own_head(line)


def _read_own(lines: Iterator[str], *, name: str, options: ReadOptions) -> Table:
    """A table that was exported from here: nothing is guessed, and guards against formulas are taken off."""
    settled = replace(options, delimiter=",", quote='"', has_header=True)
    read_with = partial(csv.reader, delimiter=",", quotechar='"', strict=True)
    records = _number(map(_restored, _parse(lines, read_with)), 1)
    first = next(records)[1]
    columns, notes = name_columns(first if isinstance(first, list) else [], name=name)
    notes = (*notes, _("This table was exported from Tandem: apostrophes that guard against formulas are taken off."))
    return Table(columns, limit_rows(_read(records, columns), name=name), Reading("CSV", settled, notes=notes))


def _restored(cells: list[str] | _Fault) -> list[str] | _Fault:
    return cells if isinstance(cells, _Fault) else [restore(cell) for cell in cells]


def _unmarked(line: str) -> str:
    return line.removeprefix(_JOINT_MARK)


def open_lines(stream: BinaryIO, *, name: str, encoding: str) -> Iterator[str]:
    """The lines of a text with their ends, from the stream's beginning; bytes that are no text become surrogates.

    Raises
    ------
    BadInput
        A line is beyond all bounds.
    """
    return map(_unmarked, _open_marked_lines(stream, name=name, encoding=encoding))


def _open_marked_lines(stream: BinaryIO, *, name: str, encoding: str) -> Iterator[str]:
    stream.seek(0)
    mark = mark_of(encoding)
    if not mark or stream.read(len(mark)) != mark:
        stream.seek(0)
    text = TextIOWrapper(stream, encoding=encoding, errors=UNREADABLE, newline="")
    try:
        while line := text.readline(LINE_LIMIT):
            if len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r")):
                raise BadInput(
                    _("{name} holds a line of more than {line_limit:,} characters. Is it a table?").format(
                        name=name, line_limit=LINE_LIMIT
                    )
                )
            yield line
    finally:
        with suppress(ValueError):  # its opener has closed it already
            text.detach()  # else the stream, which is its opener's, would close with this wrapper


def _take_head(lines: Iterator[str]) -> list[str]:
    head: list[str] = []
    size = 0
    for line in islice(lines, _LOOKED_AT_LINES):
        head.append(line)
        size += len(line)
        if size > _LOOKED_AT_CHARACTERS:
            break
    return head


def _settle(options: ReadOptions, head: Sequence[str]) -> ReadOptions:
    quote = options.quote or find_quote(head)
    delimiter = options.delimiter or find_delimiter(head, quote=quote)
    settled = replace(options, quote=quote, delimiter=delimiter)
    if settled.has_header is not None:
        return settled
    whole = head if len(head) < _LOOKED_AT_LINES else head[:-1]
    rows = [row for row in _parse(iter(whole), _reader_of(head, settled)) if isinstance(row, list) and row]
    return replace(settled, has_header=find_header(rows))


def _parse(lines: Iterator[str], read_with: _Reader) -> Iterator[list[str] | _Fault]:
    """The cells of each row, or why it can't be read.

    A quote that is never closed would swallow the rows after its own: they are read once more, from the next line on.
    """
    again: deque[str] = deque()
    taken: list[str] = []
    width = 0
    reader = read_with(_feed(lines, again, taken))
    while True:
        taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            is_swallowing = len(taken) > 1 and _is_swallowing(error, taken[1], width, read_with)
            own, others = (taken[:1], taken[1:]) if is_swallowing else (taken[:], [])
            again.extendleft(reversed(others))
            reader = read_with(_feed(lines, again, taken))
            yield _Fault(_explain(error), "".join(own).rstrip("\r\n"))
        else:
            width = width or len(cells)
            yield cells


def _feed(lines: Iterator[str], again: deque[str], taken: list[str]) -> Iterator[str]:
    while True:
        line = again.popleft() if again else next(lines, None)
        if line is None:
            return
        taken.append(line)
        yield line


def _reader_of(head: Sequence[str], options: ReadOptions) -> _Reader:
    delimiter, quote = options.delimiter or ",", options.quote or '"'
    is_spaced = has_spaced_quotes(head, delimiter=delimiter, quote=quote)
    return partial(csv.reader, delimiter=delimiter, quotechar=quote, skipinitialspace=is_spaced, strict=True)


def _is_swallowing(error: csv.Error, second_line: str, width: int, read_with: _Reader) -> bool:
    """Whether the lines after the first are rows of their own, and no part of one long cell."""
    if any(sign in str(error) for sign in (_ENDLESS, _TOO_LONG)):
        return True
    try:
        return width > 1 and len(next(read_with(iter([second_line])))) == width
    except csv.Error:
        return False


def _preamble_notes(above: int) -> Iterator[str]:
    if above:
        one = _("The first line stands above the table and is left out.")
        yield ngettext(one, "The first {count} lines stand above the table and are left out.", above).format(
            count=above
        )


def _number(rows: Iterator[list[str] | _Fault], first_row: int) -> Iterator[tuple[int, list[str] | _Fault]]:
    return iter(enumerate(rows, start=first_row))


def _read(records: Iterator[tuple[int, list[str] | _Fault]], columns: Sequence[str]) -> Iterator[Row | Reject]:
    for number, cells in records:
        if isinstance(cells, _Fault):
            yield Reject(number, "", cells.reason, (cells.text,))
        elif cells:
            yield _read_cells(number, cells, columns)


def _read_cells(number: int, cells: list[str], columns: Sequence[str]) -> Row | Reject:
    surplus = cells[len(columns) :]
    if len(cells) < len(columns) or any(surplus):
        wanted = ngettext("{count} cell was expected", "{count} cells were expected", len(columns))
        found = _("{wanted}, {found} found. Check its quotes and delimiters.")
        return Reject(
            number, "", found.format(wanted=wanted.format(count=len(columns)), found=len(cells)), tuple(cells)
        )
    return read_record(number, columns, cells[: len(columns)] if surplus else cells)


def _explain(error: csv.Error) -> str:
    text = str(error)
    if _TOO_LONG in text:
        return _("A cell holds more than {cell_limit:,} characters. Is a closing quote missing?").format(
            cell_limit=CELL_LIMIT
        )
    if _ENDLESS in text:
        return _("A quote is opened and never closed. Close it.")
    return _("A quote stands inside a quoted cell. Write it twice there.")
