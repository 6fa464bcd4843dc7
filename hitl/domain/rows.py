"""What a table file is made of before it becomes items."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One record of a file.

    Attributes
    ----------
    number : int
        The row a spreadsheet would show: the header is row 1, so records begin at 2. In JSON lines the line; in JSON
        lists and Parquet counted from 1.
    values : Mapping[str, str]
        The cells as text by column name, untouched.
    """

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Reject:
    """A record that was left out, and why.

    Attributes
    ----------
    row : int
        The row a spreadsheet would show.
    field : str
        The column at fault; empty when it is the whole row.
    message : str
        What was wanted, what was found, what to do.
    cells : tuple of str
        What the row holds, in the file's order; a row that can't be parted into cells is one text.
    """

    row: int
    field: str
    message: str
    cells: tuple[str, ...] = dataclasses.field(default=(), compare=False)


def reject_row(row: Row, field_name: str, message: str) -> Reject:
    """The reject of a row, with its cells."""
    return Reject(row.number, field_name, message, tuple(row.values.values()))


def row_number(record: Row | Reject) -> int:
    """The row of a record, read or rejected."""
    return record.number if isinstance(record, Row) else record.row
