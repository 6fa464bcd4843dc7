"""What a table file is made of before it becomes items."""

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
    """

    row: int
    field: str
    message: str


def row_number(record: Row | Reject) -> int:
    """The row of a record, read or rejected."""
    return record.number if isinstance(record, Row) else record.row
