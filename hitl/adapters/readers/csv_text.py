"""CSV and its kin read as a stream: rows as a spreadsheet numbers them, and rejects that say why."""

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from io import TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO

from hitl.adapters.readers.csv_dialect import find_delimiter, find_header, find_quote
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
from hitl.domain.errors import BadInput
from hitl.domain.rows import Reject, Row

LINE_LIMIT = 32_000_000
_LOOKED_AT_LINES = 100
_LOOKED_AT_CHARACTERS = 1_000_000
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


def read_csv(stream: BinaryIO, *, name: str, options: ReadOptions) -> Table:
    """The columns and the records of a table of text; ``options.encoding`` is settled.

    Raises
    ------
    BadInput
        It has no header that can be read, or holds a line beyond all bounds.
    """
    csv.field_size_limit(CELL_LIMIT)
    lines = open_lines(stream, name=name, encoding=options.encoding or "utf-8")
    head = _take_head(lines)
    first_row = 1
    if head and (declared := _SEPARATOR_LINE.fullmatch(head[0])):
        options = replace(options, delimiter=options.delimiter or declared[1])
        head, first_row = head[1:], 2
    options = _settle(options, head)
    records = _number(_parse(chain(head, lines), options), first_row)
    first = next((one for one in records if one[1] != []), (first_row, []))
    if isinstance(first[1], str):
        raise BadInput(f"{name}: its first row can't be read. {first[1]}")
    if options.has_header:
        columns, notes = name_columns(first[1], name=name)
    else:
        columns, notes = number_columns(len(first[1]), name=name), ()
        records = chain([first], records)
    kind = "text parted by tabs" if options.delimiter == "\t" else "CSV"
    return Table(columns, limit_rows(_read(records, columns), name=name), Reading(kind, options, notes=notes))


def open_lines(stream: BinaryIO, *, name: str, encoding: str) -> Iterator[str]:
    """The lines of a text with their ends, from the stream's beginning; bytes that are no text become surrogates.

    Raises
    ------
    BadInput
        A line is beyond all bounds.
    """
    stream.seek(0)
    mark = mark_of(encoding)
    if not mark or stream.read(len(mark)) != mark:
        stream.seek(0)
    text = TextIOWrapper(stream, encoding=encoding, errors=UNREADABLE, newline="")
    try:
        while line := text.readline(LINE_LIMIT):
            if len(line) >= LINE_LIMIT and not line.endswith(("\n", "\r")):
                raise BadInput(f"{name} holds a line of more than {LINE_LIMIT:,} characters. Is it a table?")
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
    rows = [row for row in _parse(iter(whole), settled) if isinstance(row, list) and row]
    return replace(settled, has_header=find_header(rows))


def _parse(lines: Iterator[str], options: ReadOptions) -> Iterator[list[str] | str]:
    """The cells of each row, or why it can't be read."""
    reader = csv.reader(lines, delimiter=options.delimiter or ",", quotechar=options.quote or '"', strict=True)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _explain(error)


def _number(rows: Iterator[list[str] | str], first_row: int) -> Iterator[tuple[int, list[str] | str]]:
    return iter(enumerate(rows, start=first_row))


def _read(records: Iterator[tuple[int, list[str] | str]], columns: Sequence[str]) -> Iterator[Row | Reject]:
    for number, cells in records:
        if isinstance(cells, str):
            yield Reject(number, "", cells)
        elif cells:
            yield _read_cells(number, cells, columns)


def _read_cells(number: int, cells: list[str], columns: Sequence[str]) -> Row | Reject:
    surplus = cells[len(columns) :]
    if len(cells) < len(columns) or any(surplus):
        found = f"{len(columns)} cells were expected, {len(cells)} found"
        return Reject(number, "", f"{found}. Check its quotes and delimiters.")
    return read_record(number, columns, cells[: len(columns)] if surplus else cells)


def _explain(error: csv.Error) -> str:
    text = str(error)
    if "field limit" in text:
        return f"A cell holds more than {CELL_LIMIT:,} characters. Is a closing quote missing?"
    if "unexpected end" in text:
        return "A quote is opened and never closed. Close it."
    return "A quote stands inside a quoted cell. Write it twice there."
