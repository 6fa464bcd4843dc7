"""What every reader gives: columns, records and how they were read; and the limits that all of them keep."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.rows import Reject, Row

if TYPE_CHECKING:
    from hitl.adapters.readers.zip_images import ZipImages

COLUMN_LIMIT = 2_000
ROW_LIMIT = 20_000_000
CELL_LIMIT = 10_000_000
"""Characters in a cell."""

_SHOWN_NAMES = 5
_LONGEST_NAME = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read; None is found out.

    Attributes
    ----------
    encoding, delimiter, quote : str, optional
        Of a text file; the delimiter and the quote are one character each.
    has_header : bool, optional
        Whether the first row names the columns.
    sheet : str, optional
        The sheet of a workbook.
    member : str, optional
        The file inside a zip.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    has_header: bool | None = None
    sheet: str | None = None
    member: str | None = None

    def require_sound(self) -> None:
        """Nothing, when a file may be read so.

        Raises
        ------
        BadInput
            The delimiter or the quote is not one visible character or tab, or they are the same.
        """
        for mark, wanted in (
            (self.delimiter, _("The delimiter must be one character; '{mark}' is not. Choose another.")),
            (self.quote, _("The quote must be one character; '{mark}' is not. Choose another.")),
        ):
            if mark is not None and (len(mark) != 1 or mark in "\r\n\0"):
                raise BadInput(wanted.format(mark=mark))
        if self.delimiter is not None and self.delimiter == self.quote:
            raise BadInput(_("The delimiter and the quote are the same character. Choose another for one of them."))

    def to_json(self) -> dict[str, Any]:
        """The options that are settled, for a job's arguments."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def from_json(cls, stored: object) -> "ReadOptions":
        """Options as ``to_json`` gave them; what this version does not know is left out."""
        known = stored if isinstance(stored, Mapping) else {}
        return cls(**{field.name: known[field.name] for field in fields(cls) if field.name in known})


@dataclass(frozen=True)
class Reading:
    """How a file was read, for the person who may correct it.

    Attributes
    ----------
    kind : str
        What the file is, in words: "CSV", "Excel workbook", "zip with CSV" …
    options : ReadOptions
        Complete: reading again with them gives the same rows.
    sheets, members : tuple of str
        What there is to choose from.
    notes : tuple of str
        Sentences on what was changed or left out on the way.
    """

    kind: str
    options: ReadOptions
    sheets: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file that is being read.

    Attributes
    ----------
    columns : tuple of str
        All different, none empty.
    records : Iterator of Row or Reject
        In the file's order; a record that can't be read is a Reject.
    reading : Reading
        How it is read.
    images : ZipImages, optional
        What the paths in its cells may name.
    """

    columns: tuple[str, ...]
    records: Iterator[Row | Reject]
    reading: Reading
    images: "ZipImages | None" = None


def name_columns(cells: Sequence[str], *, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The header's cells as names that differ, and a note where one had to be made up.

    >>> name_columns(["id", " text", "", "id"], name="a.csv")[0]
    ('id', 'text', 'column 3', 'id (2)')

    Raises
    ------
    BadInput
        There are too many columns, none has a name, or a name can't be read.
    """
    require_columns(len(cells), name=name)
    given = [cell.strip() for cell in cells]
    if not any(given):
        raise BadInput(_("{name} has no header. Its first row must name the columns.").format(name=name))
    _require_readable(given, name)
    made: dict[str, None] = {}
    for place, cell in enumerate(given, start=1):
        made[_free_name(cell or f"column {place}", {*made, *(given[place:] if not cell else ())})] = None
    names = tuple(made)
    return names, tuple(_naming_notes(given, names))


def number_columns(count: int, *, name: str) -> tuple[str, ...]:
    """Names for the columns of a file without a header.

    >>> number_columns(2, name="a.csv")
    ('column 1', 'column 2')

    Raises
    ------
    BadInput
        There are too many.
    """
    require_columns(count, name=name)
    return tuple(f"column {place}" for place in range(1, count + 1))


def require_columns(count: int, *, name: str) -> None:
    """Nothing, when a file of so many columns may be read.

    Raises
    ------
    BadInput
        There are too many.
    """
    if count > COLUMN_LIMIT:
        raise BadInput(
            _(
                "{name} has {count:,} columns; up to {column_limit:,} can be imported. Leave out those you don't need."
            ).format(name=name, count=count, column_limit=COLUMN_LIMIT)
        )


def limit_rows(records: Iterable[Row | Reject], *, name: str) -> Iterator[Row | Reject]:
    """The records, as long as there are not too many.

    Raises
    ------
    BadInput
        There are.
    """
    for count, record in enumerate(records, start=1):
        if count > ROW_LIMIT:
            raise BadInput(
                _("{name} has more than {row_limit:,} rows. Split it into several files.").format(
                    name=name, row_limit=ROW_LIMIT
                )
            )
        yield record


def read_record(number: int, columns: Sequence[str], cells: Sequence[str]) -> Row | Reject:
    """A row of the cells, or the reject that names the first one at fault."""
    whole = "".join(cells)  # one look for the most rows: ASCII without a NUL, and not long
    if not whole.isascii() or "\0" in whole or len(whole) > CELL_LIMIT:
        for column, cell in zip(columns, cells, strict=True):
            if reason := find_fault(cell):
                return Reject(number, column, reason, tuple(cells))
    return Row(number, dict(zip(columns, cells, strict=True)))


def find_fault(cell: str) -> str:
    """Why a cell can't be kept, with the remedy; empty when it can.

    >>> find_fault("fine"), find_fault("a" + chr(0))
    ('', 'It holds a NUL character. Remove it.')
    """
    if len(cell) > CELL_LIMIT:
        return _("It holds {cell_count:,} characters; up to {cell_limit:,} can be imported. Shorten it.").format(
            cell_count=len(cell), cell_limit=CELL_LIMIT
        )
    if "\0" in cell:
        return _("It holds a NUL character. Remove it.")
    if not cell.isascii() and _has_surrogate(cell):
        return _("It holds bytes that are no text in the file's encoding. Choose another encoding, or mend the cell.")
    return ""


def quote_names(names: Sequence[str]) -> str:
    """Some names in quotes, for a sentence."""
    shown = ", ".join(f"'{one if len(one) <= 60 else one[:59] + '…'}'" for one in names[:_SHOWN_NAMES])
    return f"{shown} …" if len(names) > _SHOWN_NAMES else shown


def _has_surrogate(cell: str) -> bool:
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _require_readable(given: Sequence[str], name: str) -> None:
    if any(_CONTROL.search(cell) or find_fault(cell) for cell in given):
        raise BadInput(
            _(
                "{name} is not a table of text that can be read: its first row holds unreadable "
                "characters. Choose its encoding, or save it as 'CSV UTF-8'."
            ).format(name=name)
        )
    long = next((place for place, cell in enumerate(given, start=1) if len(cell) > _LONGEST_NAME), None)
    if long is not None:
        raise BadInput(
            _(
                "{name}: the name of column {long} is longer than {longest_name} characters. Shorten it "
                "in row 1, or say that the file has no header."
            ).format(name=name, long=long, longest_name=_LONGEST_NAME)
        )


def _free_name(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    count = 2
    while f"{wanted} ({count})" in taken:
        count += 1
    return f"{wanted} ({count})"


def _naming_notes(given: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    unnamed = [made for cell, made in zip(given, names, strict=True) if not cell]
    if unnamed:
        yield _("Columns without a name are called {unnamed}.").format(unnamed=quote_names(unnamed))
    twice = [cell for cell, count in Counter(cell for cell in given if cell).items() if count > 1]
    if twice:
        yield _("The header names {twice} more than once; the later ones got a number.").format(
            twice=quote_names(twice)
        )
