"""A workbook looked through before it is loaded: its size, and cells whose value a reader would not see.

Loading takes memory for the rectangle between a sheet's outermost cells, so two cells can ask for all there is.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from hitl.adapters.readers.table import quote_names
from hitl.domain.errors import BadInput
from hitl.domain.language import _

AREA_LIMIT = 10_000_000
PART_LIMIT = 1 << 30
PARTS_LIMIT = 2 << 30

_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 4_096
_PLACE = re.compile(rb"""\br\s*=\s*["']\s*([A-Za-z]{0,8})([0-9]{1,12})\s*["']""")
_ERROR_CELL = re.compile(rb"""\bt\s*=\s*["']e["']""")
_UNSTORED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^>]*>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"""
)
_STRING_RESULT = re.compile(rb"""\bt=["']str["']""")


@dataclass
class _Extent:
    """The rectangle between the outermost cells seen so far."""

    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None

    def area(self) -> int:
        rows = self.rows or (1, 1)
        columns = self.columns or (1, 1)
        return (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1)


@dataclass(frozen=True)
class CheckedParts:
    """What the sheets of a workbook hold besides values; cells as "C2"."""

    error_count: int
    unstored_formulas: tuple[str, ...]


def check_xlsx(archive: zipfile.ZipFile, *, name: str) -> CheckedParts:
    """What loading the sheets would not show.

    Raises
    ------
    BadInput
        It is damaged, or a sheet is too large to load.
    """
    errors = 0
    unstored: list[str] = []
    for chunks in _parts(archive, name):
        extent = _Extent()
        for text, fresh in chunks:
            _widen(extent, text)
            if extent.area() > AREA_LIMIT:
                raise _too_large(name)
            errors += len(_ERROR_CELL.findall(text, fresh))
            unstored += [
                found[1].decode()
                for found in _UNSTORED.finditer(text)
                if found.end() > fresh and not _STRING_RESULT.search(found[0])
            ]
    return CheckedParts(errors, tuple(dict.fromkeys(unstored)))


def check_ods(archive: zipfile.ZipFile, *, name: str) -> None:
    """Nothing, when its sheets may be loaded.

    Raises
    ------
    BadInput
        It is damaged, or a sheet is too large to load.
    """
    counter = _OdsArea()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    for chunks in _parts(archive, name, only="content.xml"):
        try:
            for text, fresh in chunks:
                parser.Parse(text[fresh:])
                if counter.area > AREA_LIMIT:
                    raise _too_large(name)
        except expat.ExpatError:
            raise damaged(name) from None


def damaged(name: str) -> BadInput:
    """The complaint on a workbook that can't be read."""
    return BadInput(
        _(
            "{name} can't be read as a workbook: it is damaged or locked. Open it in a spreadsheet "
            "program and save it anew."
        ).format(name=name)
    )


def unstored_message(name: str, cells: tuple[str, ...]) -> str:
    """The complaint on formulas without a stored result."""
    return _(
        "{name}: the formulas in {cells} have no stored result. Open the file in a spreadsheet "
        "program, save it there and try again."
    ).format(name=name, cells=quote_names(cells))


class _OdsArea:
    """The cells of the sheets so far, repeats counted, empty ends left out."""

    def __init__(self) -> None:
        self.area = 0
        self._row_repeat = 1
        self._cells = 0
        self._filled = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(" ")[2]
        given = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if kind == "table-row":
            self._row_repeat, self._cells, self._filled = _count(given.get("number-rows-repeated")), 0, 0
        elif kind in {"table-cell", "covered-table-cell"}:
            self._cells += _count(given.get("number-columns-repeated"))
            if given.keys() & {"value-type", "formula"}:
                self._filled = self._cells

    def end(self, tag: str) -> None:
        if tag.rpartition(" ")[2] == "table-row":
            self.area += self._row_repeat * self._filled


def _count(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 12 else 1


def _parts(archive: zipfile.ZipFile, name: str, only: str | None = None) -> Iterator[Iterator[tuple[bytes, int]]]:
    """Each part of the workbook in pieces that overlap, with where the new bytes begin."""
    infos = [info for info in archive.infolist() if not info.is_dir() and only in (None, info.filename)]
    if sum(info.file_size for info in infos) > PARTS_LIMIT or any(info.file_size > PART_LIMIT for info in infos):
        raise _too_large(name)
    for info in infos:
        yield _pieces(archive, info, name)


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Iterator[tuple[bytes, int]]:
    rest = b""
    try:
        with archive.open(info) as part:
            while chunk := part.read(_CHUNK_BYTES):
                yield rest + chunk, len(rest)
                rest = (rest + chunk)[-_OVERLAP_BYTES:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise damaged(name) from None


def _widen(extent: _Extent, text: bytes) -> None:
    places = set(_PLACE.findall(text))
    rows = [int(row) for _, row in places]
    columns = [_column_number(letters) for letters in {letters for letters, _ in places} if letters]
    extent.rows = _widened(extent.rows, rows)
    extent.columns = _widened(extent.columns, columns)


def _widened(span: tuple[int, int] | None, seen: list[int]) -> tuple[int, int] | None:
    found = [*seen, *(span or ())]
    return (min(found), max(found)) if found else None


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_large(name: str) -> BadInput:
    return BadInput(
        _(
            "{name} spans more than {area_limit:,} cells on a sheet, or is beyond {part_limit} GB "
            "inside. Save the sheet as CSV and import that."
        ).format(name=name, area_limit=AREA_LIMIT, part_limit=PART_LIMIT >> 30)
    )
