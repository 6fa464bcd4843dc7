"""From the raw cells of a row to an item's typed fields, or to the reason why not."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hitl.domain.fields import STORED_ROLES, Field, Role
from hitl.domain.records import LabelClass
from hitl.domain.rows import Reject, Row

LONGEST_ID = 200
LONGEST_CLASS_NAME = 200
MISSING_NUMBERS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})


@dataclass(frozen=True)
class ReadRow:
    """A row that can become an item; label and prediction still as text."""

    number: int
    external_id: str
    fields: dict[str, object]
    label: str | None
    prediction: str | None
    confidence: float | None


@dataclass
class ClassVocabulary:
    """Which texts name which class of the project.

    ``is_open`` while the project has no class of its own: then every new text founds one.
    """

    is_open: bool
    ids: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)

    def add(self, class_id: int, texts: Iterable[str]) -> None:
        """Let the texts name a class; capital letters and outer blanks do not matter."""
        for text in texts:
            if _folded(text) not in self.ids:
                self.ids[_folded(text)] = class_id
                self.names.append(text)

    def add_classes(self, classes: Iterable[LabelClass]) -> None:
        """Let each class be named by its name, or by its key where that is no other class's name."""
        listed = list(classes)
        for label_class in listed:
            self.add(label_class.id, [label_class.name])
        for label_class in listed:
            self.add(label_class.id, [label_class.key])

    def find(self, text: str) -> int | None:
        """The class that a text names, or None."""
        return self.ids.get(_folded(text))

    def complaint(self, text: str) -> str:
        """Why a text is no class, with the nearest one."""
        near = difflib.get_close_matches(_folded(text), [_folded(name) for name in self.names], n=1, cutoff=0.6)
        nearest = next((name for name in self.names if near and _folded(name) == near[0]), None)
        advice = f"Did you mean '{nearest}'?" if nearest else "Add the class in the settings, or mend the label."
        return f"label '{_shortened(text)}' is not a class of this project. {advice}"


def missing_columns(columns: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """The columns that items need and a file does not have; a label or a model's answer may be left out."""
    needed = STORED_ROLES | {Role.ID}
    return [column.name for column in fields if column.role in needed and column.name not in columns]


def read_row(row: Row, fields: Sequence[Field], *, id_prefix: str) -> ReadRow | Reject:
    """The typed record of a row, or the reject that says which cell is at fault.

    Rows without an id column are named by the file and their place in it.
    """
    cells = {column.name: row.values.get(column.name, "").strip() for column in fields}
    by_role = {column.role: cells[column.name] for column in fields}
    external_id = by_role.get(Role.ID, f"{id_prefix}-{row.number}")
    values: dict[str, object] = {}
    for column in fields:
        if column.role is Role.NUMBER:
            number = parse_number(cells[column.name])
            if number is None and cells[column.name].casefold() not in MISSING_NUMBERS:
                return Reject(row.number, column.name, f"'{_shortened(cells[column.name])}' is not a number.")
            values[column.name] = number
        elif column.role in STORED_ROLES:
            values[column.name] = row.values.get(column.name, "") if column.role is Role.TEXT else cells[column.name]
    confidence = parse_number(by_role.get(Role.CONFIDENCE, ""))
    complaint = _complaint(row, fields, by_role, values, external_id, confidence)
    if complaint:
        return complaint
    return ReadRow(
        number=row.number,
        external_id=external_id,
        fields=values,
        label=by_role.get(Role.LABEL) or None,
        prediction=by_role.get(Role.PREDICTION) or None,
        confidence=confidence,
    )


def parse_number(text: str) -> float | None:
    """A finite number written with a decimal point, or None.

    >>> parse_number("1e3"), parse_number("nan"), parse_number("1,5")
    (1000.0, None, None)
    """
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and "_" not in text else None


def _complaint(
    row: Row,
    fields: Sequence[Field],
    by_role: Mapping[Role, str],
    values: Mapping[str, object],
    external_id: str,
    confidence: float | None,
) -> Reject | None:
    names = {column.role: column.name for column in fields}
    if not external_id:
        return Reject(row.number, names[Role.ID], "The id is empty. Give every row its own id.")
    if len(external_id) > LONGEST_ID:
        return Reject(row.number, names[Role.ID], f"The id is longer than {LONGEST_ID} characters.")
    if all(value in ("", None) for value in values.values()):
        return Reject(row.number, "", "The row is empty.")
    for role in (Role.LABEL, Role.PREDICTION):
        if len(by_role.get(role, "")) > LONGEST_CLASS_NAME:
            return Reject(row.number, names[role], f"A class name is longer than {LONGEST_CLASS_NAME} characters.")
    if by_role.get(Role.PREDICTION) and Role.CONFIDENCE in by_role and (confidence is None or not 0 <= confidence <= 1):
        found = _shortened(by_role[Role.CONFIDENCE])
        return Reject(row.number, names[Role.CONFIDENCE], f"'{found}' is no confidence; write a number from 0 to 1.")
    return None


def _folded(text: str) -> str:
    return text.strip().casefold()


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
