"""A process that loads one sheet of the workbook on its stdin and writes its rows as JSON lines.

It is a process of its own because a damaged workbook may end whoever loads it. The first line says what was found:
sheets, sheet, width, merged (ranges as [first row, last row, first column, last column], from 0); or why there is
nothing ("fault"). Rows follow as [number, cells]; the last line is null.
"""

import io
import json
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

MEMORY_LIMIT = 6 << 30

_EXACT_WHOLE = 2**53


def main() -> None:
    """Read stdin, write stdout; the one argument is the sheet, empty for the first with cells."""
    _limit_memory()
    out = open(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="surrogatepass")  # noqa: PTH123, SIM115
    with out:
        _write(out, sys.argv[1] or None)


def as_text(cell: object) -> str:
    """A cell's value: whole numbers without a point, dates as ISO, truth as true or false.

    >>> as_text(3.0), as_text(2.5), as_text(True), as_text(date(2024, 1, 5)), as_text(timedelta(hours=30))
    ('3', '2.5', 'true', '2024-01-05', '30:00:00')
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) <= _EXACT_WHOLE else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return _as_span(cell) if isinstance(cell, timedelta) else str(cell)


def _write(out: io.TextIOWrapper, wanted: str | None) -> None:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  the parent imports this module for its names alone

    book = CalamineWorkbook.from_filelike(sys.stdin.buffer)
    sheets = _list_sheets(book)
    chosen = wanted if wanted is not None else _first_filled(book, sheets)
    if chosen is None or chosen not in sheets:
        out.write(json.dumps({"fault": "no sheet", "sheets": sheets}) + "\n")
        return
    sheet = book.get_sheet_by_name(chosen)
    width = max((_width(cells) for cells in sheet.iter_rows()), default=0)
    found = {"sheets": sheets, "sheet": chosen, "width": width, "merged": _merged(sheet)}
    out.write(json.dumps(found) + "\n")
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if _width(cells):
            out.write(json.dumps([number, [as_text(cell) for cell in cells[:width]]]) + "\n")
    out.write("null\n")


def _merged(sheet: Any) -> list[list[int]]:
    return [[top, bottom, left, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]


def _list_sheets(book: Any) -> list[str]:
    """The sheets of cells, those that are hidden last."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum  # noqa: PLC0415

    sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    return [one.name for one in sorted(sheets, key=lambda one: one.visible != SheetVisibleEnum.Visible)]


def _first_filled(book: Any, sheets: Sequence[str]) -> str | None:
    return next((sheet for sheet in sheets if book.get_sheet_by_name(sheet).height), None)


def _width(cells: Sequence[object]) -> int:
    """The place of the last cell that is not empty; 0 in an empty row."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1] != ""), 0)


def _as_span(span: timedelta) -> str:
    seconds = abs(span) // timedelta(seconds=1)
    hours, rest = divmod(seconds, 3600)
    fraction = f".{abs(span).microseconds:06d}".rstrip("0") if span.microseconds else ""
    return f"{'-' if span < timedelta() else ''}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415  not on every system
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
