"""A file before it is imported: its first rows, what its columns seem to be for, and whether it fits a project."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import pandas as pd

from hitl.adapters.csv_files import read_csv
from hitl.adapters.tables import neutralise
from hitl.domain.errors import BadInput
from hitl.domain.fields import LEARNED_ROLES, Field, Role
from hitl.domain.record_reading import missing_columns
from hitl.domain.rows import Reject, Row
from hitl.ml.column_roles import propose_roles
from hitl.views.jobs import JobView

SAMPLE_ROWS = 500
SHOWN_ROWS = 5
_HEAD_BYTES = 4_000_000
_EXAMPLE_LENGTH = 60


@dataclass(frozen=True)
class ColumnPreview:
    """A column with an example, the role it seems to have, and why."""

    name: str
    example: str
    role: Role
    reason: str


@dataclass(frozen=True)
class FilePreview:
    """The first rows of a file and its columns; ``values`` are those seen in each column."""

    columns: tuple[ColumnPreview, ...]
    rows: tuple[Mapping[str, str], ...]
    values: Mapping[str, tuple[str, ...]]


def read_preview(stream: BinaryIO, *, name: str) -> FilePreview:
    """The first rows of a CSV file with a proposed role for each column.

    Raises
    ------
    BadInput
        It has no usable header, is not UTF-8 text, or has no rows.
    """
    stream.seek(0)
    file = read_csv(io.BytesIO(stream.read(_HEAD_BYTES)), name=name)
    found = [row for row in islice(file.records, SAMPLE_ROWS) if isinstance(row, Row)]
    if not found:
        raise BadInput(f"{name} has no rows below its header. Choose a file with at least one record.")
    rows = tuple(row.values for row in found)
    proposals = propose_roles(pd.DataFrame(rows, columns=list(file.columns)))
    return FilePreview(
        columns=tuple(ColumnPreview(one.name, _example(rows, one.name), one.role, one.reason) for one in proposals),
        rows=rows[:SHOWN_ROWS],
        values={column: tuple(sorted({row[column].strip() for row in rows} - {""})) for column in file.columns},
    )


def check_columns(preview: FilePreview, fields: Sequence[Field]) -> None:
    """Nothing, when the file has every column that the project needs.

    Raises
    ------
    BadInput
        One is missing; the message names it.
    """
    names = [column.name for column in preview.columns]
    missing = missing_columns(names, fields)
    if missing:
        raise BadInput(
            f"The file has no column '{missing[0]}', which this project needs. Its columns are: {', '.join(names)}. "
            "Rename the column, or import into a new project."
        )


def check_roles(fields: Sequence[Field], *, class_names: Sequence[str]) -> None:
    """Nothing, when the roles make a project in which something can be decided.

    Raises
    ------
    BadInput
        Nothing is learned from, or there is no way to know the classes.
    """
    roles = {field.role for field in fields}
    if not roles & LEARNED_ROLES:
        raise BadInput("No column is learned from. Give at least one column the use text, number or category.")
    if not roles & {Role.LABEL, Role.PREDICTION} and len(class_names) < 2:
        raise BadInput("The file has no label column, so name at least two classes, one a line.")


def imported_id(view: JobView) -> int | None:
    """The import that a finished import job published; None while there is none."""
    made = view.job.result or {}
    return int(str(made["import_id"])) if view.job.status == "done" and "import_id" in made else None


def split_lines(text: str) -> tuple[str, ...]:
    r"""The lines that are not blank, without what stands twice.

    >>> split_lines("spam\n\n ham \nspam")
    ('spam', 'ham')
    """
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def write_rejects(rejected: Iterable[Reject]) -> bytes:
    """The rows that were left out as a CSV file: row, field, what to do."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["row", "field", "remedy"])
    writer.writerows([one.row, neutralise(one.field), neutralise(one.message)] for one in rejected)
    return text.getvalue().encode("utf-8")


def _example(rows: Sequence[Mapping[str, str]], name: str) -> str:
    text = " ".join(next((row[name] for row in rows if row[name].strip()), "").split())
    return text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…"
