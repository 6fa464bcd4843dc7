"""A file before it is imported: its first rows, what its columns seem to be for, and whether it fits a project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from hitl.adapters.readers import Reading, ReadOptions, Table, open_table
from hitl.adapters.readers.date_styles import DateEvidence, DateStyle, find_dates, iso_date
from hitl.adapters.readers.number_styles import ColumnEvidence, NumberStyle, find_styles, plain_number
from hitl.adapters.readers.settling import DATE_ROLES, NUMBER_ROLES
from hitl.adapters.readers.zip_images import IMAGE_COLUMN, LABEL_COLUMN, PATH_COLUMN
from hitl.domain.errors import BadInput
from hitl.domain.fields import LEARNED_ROLES, Field, Role
from hitl.domain.language import _
from hitl.domain.record_reading import missing_columns
from hitl.domain.rows import Row
from hitl.ml.column_roles import ProposedRole, propose_roles
from hitl.views.jobs import JobView

SAMPLE_ROWS = 500
SHOWN_ROWS = 5
_EXAMPLE_LENGTH = 60


@dataclass(frozen=True)
class ColumnPreview:
    """A column with an example, the role it seems to have, and why.

    ``numbers`` is how its numbers are read; None where a cell such as 1,234 could be two different ones.
    ``is_settled`` says whether a cell or a person has settled that; ``number_example`` is a cell it shows in.
    ``dates`` is what comes first in its dates; None where cells such as 03/04/2024 leave that open.
    ``are_dates_settled`` says whether a person has settled that; ``date_example`` is a cell it shows in.
    """

    name: str
    example: str
    role: Role
    reason: str
    numbers: NumberStyle | None = NumberStyle.PLAIN
    is_settled: bool = False
    number_example: str = ""
    dates: DateStyle | None = DateStyle.PLAIN
    are_dates_settled: bool = False
    date_example: str = ""


@dataclass(frozen=True)
class FilePreview:
    """The first rows of a file, its columns, the ``values`` seen in each, and how the file is read."""

    columns: tuple[ColumnPreview, ...]
    rows: tuple[Mapping[str, str], ...]
    values: Mapping[str, tuple[str, ...]]
    reading: Reading


def read_preview(
    stream: Path | BinaryIO,
    *,
    name: str,
    options: ReadOptions | None = None,
    numbers: Mapping[str, NumberStyle] | None = None,
    dates: Mapping[str, DateStyle] | None = None,
) -> FilePreview:
    """The first rows of a file with a proposed role for each column.

    Parameters
    ----------
    options : ReadOptions, optional
        What a person has chosen; the rest is found out.
    numbers : mapping of column to NumberStyle, optional
        How a person has said that numbers are written.
    dates : mapping of column to DateStyle, optional
        What a person has said comes first in dates.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It is no table that can be read, or has no rows.
    """
    with open_table(stream, name=name, options=options) as table:
        found = [row for row in islice(table.records, SAMPLE_ROWS) if isinstance(row, Row)]
        if not found:
            raise BadInput(
                _("{name} has no rows below its header. Choose a file with at least one record.").format(name=name)
            )
        return _preview(table, found, numbers or {}, dates or {})


def _preview(
    table: Table, found: Sequence[Row], numbers: Mapping[str, NumberStyle], dates: Mapping[str, DateStyle]
) -> FilePreview:
    rows = tuple(row.values for row in found)
    evidence = find_styles(found, table.columns)
    styles = {column: numbers.get(column, one.style()) for column, one in evidence.items()}
    read = {column: [_as_number(row[column], style) for row in rows] for column, style in styles.items()}
    found_dates = find_dates(found, table.columns)
    proposals = _propose(table, rows, read)
    return FilePreview(
        columns=tuple(
            _with_dates(
                ColumnPreview(
                    one.name,
                    _example(rows, one.name),
                    one.role,
                    _reason(one.reason, evidence[one.name], styles[one.name]),
                    styles[one.name],
                    one.name in numbers or evidence[one.name].is_sure(),
                    evidence[one.name].needs_reading or evidence[one.name].either,
                ),
                found_dates[one.name],
                dates.get(one.name),
            )
            for one in proposals
        ),
        rows=rows[:SHOWN_ROWS],
        values={column: tuple(sorted({row[column].strip() for row in rows} - {""})) for column in table.columns},
        reading=table.reading,
    )


def _propose(table: Table, rows: Sequence[Mapping[str, str]], read: Mapping[str, Sequence[str]]) -> list[ProposedRole]:
    import pandas as pd  # noqa: PLC0415  half a second of a command's start

    if table.images is None or not table.images.is_table:
        sample = pd.DataFrame(read, columns=list(table.columns), dtype=object)
        return propose_roles(sample, image_shares=_image_shares(rows, table))
    count = len(table.images.folders())
    roles = {
        PATH_COLUMN: (Role.ID, _("The path in the zip names the item.")),
        LABEL_COLUMN: (Role.LABEL, _("The {count} folders are taken for classes.").format(count=count)),
        IMAGE_COLUMN: (Role.IMAGE, _("The image itself.")),
    }
    return [ProposedRole(name, *roles[name]) for name in table.columns]


def _image_shares(rows: Sequence[Mapping[str, str]], table: Table) -> dict[str, float]:
    """Column → share of its filled cells that name an image of the file; columns without one are left out."""
    images = table.images
    if images is None:
        return {}
    named: dict[str, float] = {}
    for column in table.columns:
        cells = [row[column] for row in rows if row[column].strip()]
        if any(images.holds(cell) for cell in cells):
            named[column] = sum(images.holds(cell) for cell in cells) / len(cells)
    return named


def settled_numbers(preview: FilePreview, fields: Iterable[Field]) -> dict[str, str]:
    """How the numbers of the given fields are written, as far as it is settled; for the import's arguments."""
    wanted = {field.name for field in fields if field.role in NUMBER_ROLES}
    return {
        column.name: column.numbers.value
        for column in preview.columns
        if column.name in wanted and column.is_settled and column.numbers is not None
    }


def settled_dates(preview: FilePreview, fields: Iterable[Field]) -> dict[str, str]:
    """What comes first in the dates of the given fields, as far as a person has settled it."""
    wanted = {field.name for field in fields if field.role in DATE_ROLES}
    return {
        column.name: column.dates.value
        for column in preview.columns
        if column.name in wanted and column.are_dates_settled and column.dates is not None
    }


def how_to_read(preview: FilePreview, fields: Iterable[Field]) -> dict[str, object]:
    """What an import job is told about reading the file as the preview did."""
    return {
        "options": preview.reading.options.to_json(),
        "numbers": settled_numbers(preview, fields),
        "dates": settled_dates(preview, fields),
    }


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
            _(
                "The file has no column '{missing}', which this project needs. Its columns are: {names}. "
                "Rename the column, or import into a new project."
            ).format(missing=missing[0], names=", ".join(names))
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
        raise BadInput(
            _("No column is learned from. Give at least one column the use text, number, category or image.")
        )
    if not roles & {Role.LABEL, Role.PREDICTION} and len(class_names) < 2:
        raise BadInput(_("The file has no label column, so name at least two classes, one a line."))


def imported_id(view: JobView) -> int | None:
    """The import that a finished import job published; None while there is none."""
    made = view.job.result or {}
    return int(str(made["import_id"])) if view.job.status == "done" and "summary" in made else None


def split_lines(text: str) -> tuple[str, ...]:
    r"""The lines that are not blank, without what stands twice.

    >>> split_lines("spam\n\n ham \nspam")
    ('spam', 'ham')
    """
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _as_number(cell: str, style: NumberStyle | None) -> str:
    return cell if style is None else plain_number(cell, style)


def _reason(reason: str, evidence: ColumnEvidence, style: NumberStyle | None) -> str:
    """The reason for a role, and how the column's numbers are read where that is no matter of course."""
    if style is None and evidence.needs_reading:
        open_reading = _("Its numbers, such as {example}, can be read in two ways: they stay as they are.")
        return f"{reason} {open_reading.format(example=evidence.needs_reading)}"
    shown = evidence.needs_reading
    if style in {None, NumberStyle.PLAIN} or not shown:
        return reason
    read = _("{example} is read as {number}.").format(
        example=shown, number=plain_number(shown, style or NumberStyle.PLAIN)
    )
    return f"{reason} {read}"


def _with_dates(column: ColumnPreview, evidence: DateEvidence, chosen: DateStyle | None) -> ColumnPreview:
    if not evidence.example:
        return column
    style = chosen or evidence.style()
    if style is None:
        read = _("Its dates, such as {example}, can be read in two ways: they stay as they are.")
    elif style is DateStyle.PLAIN:
        read = ""
    else:
        read = _("{example} is read as {iso}.").format(example="{example}", iso=iso_date(evidence.example, style))
    return replace(
        column,
        reason=f"{column.reason} {read.format(example=evidence.example)}".strip(),
        dates=style,
        are_dates_settled=chosen is not None,
        date_example=evidence.example,
    )


def _example(rows: Sequence[Mapping[str, str]], name: str) -> str:
    text = " ".join(next((row[name] for row in rows if row[name].strip()), "").split())
    return text if len(text) <= _EXAMPLE_LENGTH else f"{text[: _EXAMPLE_LENGTH - 1]}…"
