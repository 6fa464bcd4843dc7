"""Excel and OpenDocument workbooks: one sheet as a table, formulas by their stored results, dates as ISO.

A process of its own loads the sheet, as a whole, and sends its rows: neither its memory nor its end is ours.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from hitl.adapters.readers.csv_dialect import find_header
from hitl.adapters.readers.table import (
    Reading,
    ReadOptions,
    Table,
    name_columns,
    number_columns,
    quote_names,
    read_record,
)
from hitl.adapters.readers.unpack import copy_within_limit
from hitl.adapters.readers.workbook_check import CheckedParts, check_ods, check_xlsx, damaged, unstored_message
from hitl.domain.errors import BadInput
from hitl.domain.language import Words, _, later, ngettext

_LOOKED_AT = 100
_ROOT = Path(__file__).resolve().parents[3]
_LOADER = "hitl.adapters.readers.workbook_process"
_KINDS = Words(
    {
        "xlsx": later("Excel workbook"),
        "xls": later("Excel workbook (.xls)"),
        "ods": later("OpenDocument spreadsheet"),
    }
)


def read_workbook(stream: BinaryIO, *, kind: str, name: str, options: ReadOptions) -> Table:
    """A sheet of a workbook; ``kind`` is xlsx, xls or ods. Rows are numbered as the sheet shows them.

    Raises
    ------
    BadInput
        It is damaged, locked, too large, or has no such sheet.
    """
    checked = _check(stream, kind, name)
    lines = _load(stream, options.sheet, name)
    found = next(lines)
    _require_sheet(found, options.sheet, name)
    head = list(islice(lines, _LOOKED_AT))
    if not head:
        raise BadInput(
            _("{name}: the sheet '{sheet}' is empty. Choose another sheet or file.").format(
                name=name, sheet=found["sheet"]
            )
        )
    has_header = find_header([cells for _, cells in head]) if options.has_header is None else options.has_header
    header_row = 0
    if has_header:
        header_row, names = head.pop(0)
        columns, notes = name_columns(names, name=name)
    else:
        columns, notes = number_columns(found["width"], name=name), ()
    settled = replace(options, sheet=found["sheet"], has_header=has_header)
    repeated = _repeated(found["merged"], below=header_row)
    notes = (*notes, *_notes(len(repeated), len(found["merged"]) - len(repeated), checked))
    rows = _with_repeated(chain(head, lines), repeated)
    records = (read_record(number, columns, cells) for number, cells in rows)
    return Table(columns, records, Reading(_KINDS[kind], settled, tuple(found["sheets"]), notes=notes))


def _check(stream: BinaryIO, kind: str, name: str) -> CheckedParts:
    if kind == "xls":
        return CheckedParts(0, ())
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        if kind == "ods":
            check_ods(archive, name=name)
            return CheckedParts(0, ())
        checked = check_xlsx(archive, name=name)
    if checked.unstored_formulas:
        raise BadInput(unstored_message(name, checked.unstored_formulas))
    return checked


def _load(stream: BinaryIO, sheet: str | None, name: str) -> Iterator[Any]:
    """What the loader found, then its rows."""
    with TemporaryFile() as file:
        copy_within_limit(stream, file, name=name)
        file.seek(0)
        with _start(file, sheet) as loader:
            try:
                yield from _read_lines(loader, name)
            finally:
                loader.kill()


def _start(file: IO[bytes], sheet: str | None) -> "subprocess.Popen[bytes]":
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", _LOADER, sheet or ""],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _read_lines(loader: "subprocess.Popen[bytes]", name: str) -> Iterator[Any]:
    for line in loader.stdout or ():
        found = json.loads(line) if line.endswith(b"\n") else None
        if found is None:
            if line == b"null\n":
                return
            break
        yield found
        if isinstance(found, dict) and "fault" in found:
            return
    raise damaged(name)


def _require_sheet(found: Mapping[str, Any], wanted: str | None, name: str) -> None:
    if "fault" not in found:
        return
    if wanted is None:
        raise BadInput(_("{name} has no sheet with cells. Choose another file.").format(name=name))
    raise BadInput(
        _("{name} has no sheet '{wanted}'. Its sheets are {sheets}.").format(
            name=name, wanted=wanted, sheets=quote_names(found["sheets"])
        )
    )


def _repeated(merged: Sequence[Sequence[int]], *, below: int) -> list[tuple[int, int, int]]:
    """The merged ranges of more than one row below the header: first row, last row (from 1) and column (from 0)."""
    return sorted((top + 1, bottom + 1, left) for top, bottom, left, _right in merged if bottom > top and top >= below)


def _with_repeated(rows: Iterable[Any], repeated: Sequence[tuple[int, int, int]]) -> Iterator[tuple[int, list[str]]]:
    """The rows with the value of a merged range in each of its rows, as people see it beside them.

    An empty row stays away: a range that goes on over it makes no item of it.
    """
    waiting = deque(repeated)
    values: dict[int, tuple[int, str]] = {}
    for number, cells in rows:
        while waiting and waiting[0][0] <= number:
            first, last, column = waiting.popleft()
            if first == number and column < len(cells):
                values[column] = (last, cells[column])
        filled = list(cells)
        for column, (last, value) in values.items():
            if number <= last and not filled[column]:
                filled[column] = value
        yield number, filled


def _notes(repeated: int, others: int, checked: CheckedParts) -> Iterator[str]:
    if repeated:
        yield ngettext(
            "{count:,} merged range: its value is repeated in each of its rows.",
            "{count:,} merged ranges: the value is repeated in each of their rows.",
            repeated,
        ).format(count=repeated)
    if others:
        yield ngettext(
            "{count:,} merged range across columns or in the header: the value stands in the first cell alone.",
            "{count:,} merged ranges across columns or in the header: the value stands in the first cell alone.",
            others,
        ).format(count=others)
    if checked.error_count:
        yield ngettext(
            "{count:,} cell holds an error such as #N/A in the file's sheets; read as empty.",
            "{count:,} cells hold an error such as #N/A in the file's sheets; read as empty.",
            checked.error_count,
        ).format(count=checked.error_count)
