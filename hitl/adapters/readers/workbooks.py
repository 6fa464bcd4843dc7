"""Excel and OpenDocument workbooks: one sheet as a table, formulas by their stored results, dates as ISO.

A process of its own loads the sheet, as a whole, and sends its rows: neither its memory nor its end is ours.
"""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
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
    if has_header:
        columns, notes = name_columns(head.pop(0)[1], name=name)
    else:
        columns, notes = number_columns(found["width"], name=name), ()
    settled = replace(options, sheet=found["sheet"], has_header=has_header)
    notes = (*notes, *_notes(found["merged"], checked))
    records = (read_record(number, columns, cells) for number, cells in chain(head, lines))
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


def _notes(merged: int, checked: CheckedParts) -> Iterator[str]:
    if merged:
        yield ngettext(
            "{count:,} merged range: the value stands in the first cell alone.",
            "{count:,} merged ranges: the value stands in the first cell alone.",
            merged,
        ).format(count=merged)
    if checked.error_count:
        yield ngettext(
            "{count:,} cell holds an error such as #N/A in the file's sheets; read as empty.",
            "{count:,} cells hold an error such as #N/A in the file's sheets; read as empty.",
            checked.error_count,
        ).format(count=checked.error_count)
