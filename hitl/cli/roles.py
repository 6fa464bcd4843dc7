"""The roles of a file's columns: those given on the command line, the rest proposed from its first rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from hitl.cli.file_options import FileChoices, read_choices, with_options
from hitl.domain.errors import BadInput
from hitl.domain.fields import Field, Role
from hitl.domain.language import _, later
from hitl.views.reading import reading_text

Text = Annotated[list[str] | None, typer.Option("--text", metavar="COL", help="Text to learn from.")]
Number = Annotated[list[str] | None, typer.Option("--number", metavar="COL", help="Number to learn from.")]
Category = Annotated[list[str] | None, typer.Option("--category", metavar="COL", help="Category to learn from.")]
Image = Annotated[list[str] | None, typer.Option("--image", metavar="COL", help="Path of an image in the zip.")]
Label = Annotated[list[str] | None, typer.Option("--label", metavar="COL", help="The right answer, where known.")]
Id = Annotated[list[str] | None, typer.Option("--id", metavar="COL", help="The item's own name.")]
Slice = Annotated[
    list[str] | None, typer.Option("--slice", metavar="COL", help="Groups of items; shown, not learned from.")
]
Shown = Annotated[list[str] | None, typer.Option("--shown", metavar="COL", help="Shown, not learned from.")]
Link = Annotated[list[str] | None, typer.Option("--link", metavar="COL", help="A web address of the source record.")]
Ignore = Annotated[list[str] | None, typer.Option("--ignore", metavar="COL", help="Left out.")]
Prediction = Annotated[list[str] | None, typer.Option("--prediction", metavar="COL", help="A model's answer.")]
Confidence = Annotated[list[str] | None, typer.Option("--confidence", metavar="COL", help="How sure it is, 0 to 1.")]

_SINGLE = frozenset({Role.ID, Role.LABEL, Role.PREDICTION, Role.CONFIDENCE})
_GIVEN = later("You said so.")
_DISPLACED = later("Another column was given this role.")


@dataclass(frozen=True)
class RolePlan:
    """Each column's role, and why; how the file is read, in words and as an import's arguments."""

    fields: tuple[Field, ...]
    reasons: tuple[str, ...]
    reading: str = ""
    how: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """One line a column."""
        pairs = zip(self.fields, self.reasons, strict=True)
        return "\n".join(f"  {one.name}: {one.role.value}. {reason}" for one, reason in pairs)

    def to_json(self) -> list[dict[str, Any]]:
        """The same for a program."""
        pairs = zip(self.fields, self.reasons, strict=True)
        return [{"name": one.name, "role": one.role.value, "reason": reason} for one, reason in pairs]


def read_roles(
    *,
    text: Text = None,
    number: Number = None,
    category: Category = None,
    image: Image = None,
    label: Label = None,
    id_: Id = None,
    slice_: Slice = None,
    shown: Shown = None,
    link: Link = None,
    ignore: Ignore = None,
    prediction: Prediction = None,
    confidence: Confidence = None,
) -> dict[Role, list[str] | None]:
    """The columns given for each role; the declarations of the options are this signature."""
    return {
        Role.TEXT: text,
        Role.NUMBER: number,
        Role.CATEGORY: category,
        Role.IMAGE: image,
        Role.LABEL: label,
        Role.ID: id_,
        Role.SLICE: slice_,
        Role.SHOWN: shown,
        Role.LINK: link,
        Role.IGNORE: ignore,
        Role.PREDICTION: prediction,
        Role.CONFIDENCE: confidence,
    }


with_role_options = with_options("given", read_roles)


def assign_roles(
    file: Path,
    *,
    given: Mapping[Role, Sequence[str] | None],
    class_names: Sequence[str] | None = None,
    choices: FileChoices | None = None,
) -> RolePlan:
    """A role for each column of a file.

    Parameters
    ----------
    class_names : sequence of str, optional
        Checked together with the roles: where there is no label column they must be named. None: not checked.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        A column is not in the file, has two roles, or nothing is left to learn from or to decide.
    """
    from hitl.views.imports import check_roles, how_to_read, read_preview  # noqa: PLC0415  pandas costs half a second

    said = choices or read_choices()
    preview = read_preview(file, name=file.name, options=said.options, numbers=said.numbers, dates=said.dates)
    _by_column({Role.NUMBER: list(said.numbers)}, [column.name for column in preview.columns])
    wanted = _by_column(given, [column.name for column in preview.columns])
    taken = {role for role in wanted.values() if role in _SINGLE}
    fields, reasons = [], []
    for column in preview.columns:
        is_displaced = column.role in taken and column.name not in wanted
        role = Role.IGNORE if is_displaced else wanted.get(column.name, column.role)
        fields.append(Field(column.name, role))
        reasons.append(_GIVEN if column.name in wanted else _DISPLACED if is_displaced else column.reason)
    if class_names is not None:
        check_roles(fields, class_names=class_names)
    reading = "\n".join([reading_text(preview.reading), *preview.reading.notes])
    return RolePlan(tuple(fields), tuple(reasons), reading, how_to_read(preview, fields))


def _by_column(given: Mapping[Role, Sequence[str] | None], columns: Sequence[str]) -> dict[str, Role]:
    wanted: dict[str, Role] = {}
    for role, names in given.items():
        for name in names or ():
            if name not in columns:
                raise BadInput(
                    _("The file has no column '{name}'. Its columns are: {columns}.").format(
                        name=name, columns=", ".join(columns)
                    )
                )
            if name in wanted:
                raise BadInput(
                    _("The column '{name}' is given two roles, {wanted} and {role}. Give it one.").format(
                        name=name, wanted=wanted[name], role=role
                    )
                )
            wanted[name] = role
    return wanted
