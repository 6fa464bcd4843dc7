"""How a whole file is read, settled once: the same rows at every pass, by options that the import keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from hitl.adapters.image_keeper import look_at_images
from hitl.adapters.readers.date_styles import DateStyle, find_dates, iso_dates
from hitl.adapters.readers.formats import open_table
from hitl.adapters.readers.number_styles import NumberStyle, find_styles, plain_numbers
from hitl.adapters.readers.table import ReadOptions, Table
from hitl.adapters.readers.zip_images import ZipImages
from hitl.domain.fields import Field, Role
from hitl.domain.rows import Reject, Row

NUMBER_ROLES = frozenset({Role.NUMBER, Role.CONFIDENCE})
DATE_ROLES = frozenset({Role.SHOWN, Role.SLICE, Role.CATEGORY})
_TICKED_ROWS = 5_000
_LOOKED_AT = 500


@dataclass(frozen=True)
class UnkeptRows:
    """The rows of a file, and the images that they may name; None where the file brings none."""

    rows: Iterator[Row | Reject]
    images: ZipImages | None


def settle_reading(
    source: Path | BinaryIO,
    *,
    file_name: str,
    args: Mapping[str, object],
    fields: Sequence[Field],
    tick: Callable[[int], None] = lambda row_count: None,  # noqa: ARG005
) -> dict[str, object]:
    """How the file is read, complete: the options, and how the numbers and dates of each column are written.

    What the arguments say holds; the rest is found out, from the whole of each column that needs it.
    """
    options = ReadOptions.from_json(args.get("options"))
    with open_table(source, name=file_name, options=options) as table:
        settled = table.reading.options
        numbers = _open_columns(table, fields, NUMBER_ROLES, read_styles(args))
        dates = _maybe_dates(table, _open_columns(table, fields, DATE_ROLES, read_dates(args)))
    images = [one.name for one in fields if one.role is Role.IMAGE]
    return {
        **({"images": images} if images else {}),
        "options": settled.to_json(),
        "numbers": {**_text(read_styles(args)), **_settle_numbers(source, file_name, settled, numbers, tick)},
        "dates": {**_text(read_dates(args)), **_settle_dates(source, file_name, settled, dates, tick)},
    }


@contextmanager
def open_rows(
    source: Path | BinaryIO, *, file_name: str, settled: Mapping[str, object]
) -> Iterator[Iterator[Row | Reject]]:
    """The rows of a file read as ``settle_reading`` found: numbers in plain form, dates as ISO, images looked at.

    An image's path becomes a reference to it, and nothing of it is kept.
    """
    with open_unkept(source, file_name=file_name, settled=settled) as opened:
        names = settled.get("images")
        if opened.images is None or not isinstance(names, Sequence):
            yield opened.rows
        else:
            yield look_at_images(opened.rows, opened.images, [str(name) for name in names])


@contextmanager
def open_unkept(source: Path | BinaryIO, *, file_name: str, settled: Mapping[str, object]) -> Iterator[UnkeptRows]:
    """The same rows with paths where there are images, for whoever keeps the images."""
    with open_table(source, name=file_name, options=ReadOptions.from_json(settled.get("options"))) as table:
        rows = iso_dates(plain_numbers(table.records, read_styles(settled)), read_dates(settled))
        yield UnkeptRows(rows, table.images)


def read_styles(stored: Mapping[str, object]) -> dict[str, NumberStyle]:
    """The number styles that a job's arguments or result hold."""
    numbers = stored.get("numbers")
    return {str(name): NumberStyle(one) for name, one in numbers.items()} if isinstance(numbers, Mapping) else {}


def read_dates(stored: Mapping[str, object]) -> dict[str, DateStyle]:
    """The date styles that a job's arguments or result hold."""
    dates = stored.get("dates")
    return {str(name): DateStyle(one) for name, one in dates.items()} if isinstance(dates, Mapping) else {}


def _open_columns(
    table: Table, fields: Sequence[Field], roles: frozenset[Role], known: Mapping[str, object]
) -> list[str]:
    return [one.name for one in fields if one.role in roles and one.name in table.columns and one.name not in known]


def _maybe_dates(table: Table, columns: Sequence[str]) -> list[str]:
    """Those of the columns whose first cells are dates: most have none, and the file need not be read for them."""
    found = find_dates(islice(table.records, _LOOKED_AT), columns)
    return [column for column, evidence in found.items() if evidence.is_possible]


def _settle_numbers(
    source: Path | BinaryIO, name: str, options: ReadOptions, columns: Sequence[str], tick: Callable[[int], None]
) -> dict[str, str]:
    if not columns:
        return {}
    with open_table(source, name=name, options=options) as table:
        found = find_styles(_ticking(table.records, tick), columns)
    return {column: (evidence.style() or NumberStyle.PLAIN).value for column, evidence in found.items()}


def _settle_dates(
    source: Path | BinaryIO, name: str, options: ReadOptions, columns: Sequence[str], tick: Callable[[int], None]
) -> dict[str, str]:
    if not columns:
        return {}
    with open_table(source, name=name, options=options) as table:
        found = find_dates(_ticking(table.records, tick), columns)
    return {column: (evidence.style() or DateStyle.PLAIN).value for column, evidence in found.items()}


def _text(styles: Mapping[str, NumberStyle] | Mapping[str, DateStyle]) -> dict[str, str]:
    return {name: style.value for name, style in styles.items()}


def _ticking(records: Iterator[Row | Reject], tick: Callable[[int], None]) -> Iterator[Row | Reject]:
    for count, record in enumerate(records, start=1):
        if count % _TICKED_ROWS == 0:
            tick(count)
        yield record
