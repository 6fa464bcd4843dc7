"""CSV files read as a stream: rows as a spreadsheet numbers them, and rejects that say why."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from hitl.domain.errors import BadInput, NotFound
from hitl.domain.rows import Reject, Row

CELL_LIMIT = 10_000_000
LINE_LIMIT = 32_000_000
_DELIMITERS = (",", ";", "\t")
_SHOWN_NAMES = 5


@dataclass(frozen=True)
class CsvFile:
    """A CSV file that is being read.

    Attributes
    ----------
    columns : tuple[str, ...]
        The header's names, without surrounding blanks, all different.
    records : Iterator[Row | Reject]
        The rows that follow, in order; one that can't be read is a Reject.
    """

    columns: tuple[str, ...]
    records: Iterator[Row | Reject]


@contextmanager
def open_csv(path: Path) -> Iterator[CsvFile]:
    """A UTF-8 CSV file, open for one pass in constant memory.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It has no header, a column without a name or twice, is not UTF-8 text, or holds a line beyond all bounds.
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}. Check the path.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}. Name a CSV file that you may read.") from None
    with stream:
        yield read_csv(stream, name=path.name)


def read_csv(stream: BinaryIO, *, name: str) -> CsvFile:
    """The columns and the records of a UTF-8 CSV stream.

    Commas separate cells; semicolons or tabs do when the header shows it. A byte order mark is tolerated.

    Raises
    ------
    BadInput
        As for ``open_csv``.
    """
    csv.field_size_limit(CELL_LIMIT)
    text = TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    lines = _read_lines(text, name)
    header = next(lines, "")
    delimiter = _find_delimiter(header)
    reader = csv.reader(_join(header, lines), delimiter=delimiter, strict=True)
    columns = _read_columns(reader, name)
    return CsvFile(columns, _read_records(reader, columns))


def _read_lines(text: TextIOWrapper, name: str) -> Iterator[str]:
    try:
        while line := text.readline(LINE_LIMIT):
            if len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r")):
                raise BadInput(f"{name} holds a line of more than {LINE_LIMIT:,} characters. Is it a CSV file?")
            yield line
    finally:
        text.detach()  # else the stream, which is its opener's, would close with this wrapper


def _join(first: str, lines: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from lines


def _find_delimiter(header: str) -> str:
    counts = Counter({delimiter: header.count(delimiter) for delimiter in _DELIMITERS})
    return "," if counts[","] else counts.most_common(1)[0][0]


def _read_columns(reader: Iterator[list[str]], name: str) -> tuple[str, ...]:
    try:
        cells = next(reader, [])
    except csv.Error:
        cells = ["\0"]
    columns = tuple(cell.strip() for cell in cells)
    if any(_find_unreadable(cell) for cell in columns):
        raise BadInput(f"{name} is not UTF-8 text. Save it as 'CSV UTF-8' and try again.")
    if not any(columns):
        raise BadInput(f"{name} has no header. Its first row must name the columns.")
    if not all(columns):
        place = columns.index("") + 1
        raise BadInput(f"{name}: column {place} of the header has no name. Name every column in row 1.")
    twice = [column for column, count in Counter(columns).items() if count > 1]
    if twice:
        raise BadInput(f"{name}: the header names {_quote(twice)} more than once. Give each column its own name.")
    return columns


def _read_records(reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Row | Reject]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(number, "", _explain(error))
            continue
        if cells:
            yield _read_record(number, cells, columns)


def _read_record(number: int, cells: list[str], columns: Sequence[str]) -> Row | Reject:
    if len(cells) != len(columns):
        found = f"{len(columns)} cells were expected, {len(cells)} found"
        return Reject(number, "", f"{found}. Check its quotes and commas.")
    for column, cell in zip(columns, cells, strict=True):
        if reason := _find_unreadable(cell):
            return Reject(number, column, reason)
    return Row(number, dict(zip(columns, cells, strict=True)))


def _find_unreadable(cell: str) -> str:
    if cell.isascii() and "\0" not in cell:
        return ""
    if "\0" in cell:
        return "It holds a NUL character. Remove it."
    if any("\ud800" <= character <= "\udfff" for character in cell):
        return "It holds bytes that are not UTF-8. Save the file as 'CSV UTF-8'."
    return ""


def _explain(error: csv.Error) -> str:
    text = str(error)
    if "field limit" in text:
        return f"A cell holds more than {CELL_LIMIT:,} characters. Is a closing quote missing?"
    if "unexpected end" in text:
        return "A quote is opened and never closed. Close it."
    return "A quote stands inside a quoted cell. Write it twice there."


def _quote(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN_NAMES])
    return f"{shown} …" if len(names) > _SHOWN_NAMES else shown
