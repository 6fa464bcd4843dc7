"""From the raw cells of a row to an item's typed fields, or to the reason why not."""

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hitl.domain.fields import STORED_ROLES, Field, Role
from hitl.domain.images import ImageRef
from hitl.domain.language import _
from hitl.domain.records import LabelClass
from hitl.domain.rows import Reject, Row

LONGEST_ID = 200
LONGEST_CLASS_NAME = 200
MISSING_NUMBERS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})


class ReadRow(NamedTuple):
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

    def nearest(self, text: str) -> str | None:
        """The class whose name is most like a text, or None where none is like it."""
        near = difflib.get_close_matches(_folded(text), [_folded(name) for name in self.names], n=1, cutoff=0.6)
        return next((name for name in self.names if near and _folded(name) == near[0]), None)

    def complaint(self, text: str) -> str:
        """Why a text is no class, with the nearest one."""
        nearest = self.nearest(text)
        advice = (
            _("Did you mean '{nearest}'?").format(nearest=nearest)
            if nearest
            else _("Add the class in the settings, or mend the label.")
        )
        found = _("label '{label}' is not a class of this project.").format(label=_shortened(text))
        return f"{found} {advice}"


def needed_columns(fields: Sequence[Field]) -> list[str]:
    """The columns that items need; a label or a model's answer may be left out."""
    needed = STORED_ROLES | {Role.ID}
    return [column.name for column in fields if column.role in needed]


def missing_columns(columns: Sequence[str], fields: Sequence[Field]) -> list[str]:
    """The columns that items need and a file does not have."""
    return [name for name in needed_columns(fields) if name not in columns]


class RowReader:
    """Reads the rows of one file; what each column is for is worked out once."""

    def __init__(self, fields: Sequence[Field], *, id_prefix: str) -> None:
        self._stored = [(column.name, column.role) for column in fields if column.role in STORED_ROLES]
        self._names = {column.role: column.name for column in fields}
        self._id, self._label, self._prediction, self._confidence = (
            self._names.get(role) for role in (Role.ID, Role.LABEL, Role.PREDICTION, Role.CONFIDENCE)
        )
        self._id_prefix = id_prefix

    def read(self, row: Row) -> ReadRow | Reject:
        """The typed record of a row, or the reject that says which cell is at fault.

        Rows without an id column are named by the file and their place in it.
        """
        cells = row.values
        values: dict[str, object] = {}
        for name, role in self._stored:
            cell = cells.get(name, "")
            if role is Role.NUMBER:
                values[name] = number = parse_number(cell)
                if number is None and cell.strip().casefold() not in MISSING_NUMBERS:
                    return Reject(
                        row.number, name, _("'{strip}' is not a number.").format(strip=_shortened(cell.strip()))
                    )
            elif role is Role.IMAGE and cell.strip() and ImageRef.parse(cell.strip()) is None:
                return Reject(row.number, name, _no_image(cell.strip()))
            else:
                values[name] = cell if role is Role.TEXT else cell.strip()
        external_id = cells.get(self._id, "").strip() if self._id else f"{self._id_prefix}-{row.number}"
        label = cells.get(self._label, "").strip() if self._label else ""
        prediction = cells.get(self._prediction, "").strip() if self._prediction else ""
        read = ReadRow(row.number, external_id, values, label or None, prediction or None, self._sure(cells))
        return self._complaint(read, cells) or read

    def _sure(self, cells: Mapping[str, str]) -> float | None:
        return parse_number(cells.get(self._confidence, "")) if self._confidence else None

    def _complaint(self, read: ReadRow, cells: Mapping[str, str]) -> Reject | None:
        if not read.external_id:
            return self._reject(read, Role.ID, _("The id is empty. Give every row its own id."))
        if len(read.external_id) > LONGEST_ID:
            return self._reject(
                read, Role.ID, _("The id is longer than {longest_id} characters.").format(longest_id=LONGEST_ID)
            )
        if not any(value not in ("", None) for value in read.fields.values()):
            return Reject(read.number, "", _("The row is empty."))
        for role, name in ((Role.LABEL, read.label), (Role.PREDICTION, read.prediction)):
            if name and len(name) > LONGEST_CLASS_NAME:
                return self._reject(
                    read,
                    role,
                    _("A class name is longer than {longest_class_name} characters.").format(
                        longest_class_name=LONGEST_CLASS_NAME
                    ),
                )
        if read.prediction and self._confidence and (read.confidence is None or not 0 <= read.confidence <= 1):
            found = _shortened(cells.get(self._confidence, "").strip())
            return self._reject(
                read, Role.CONFIDENCE, _("'{found}' is no confidence; write a number from 0 to 1.").format(found=found)
            )
        return None

    def _reject(self, read: ReadRow, role: Role, message: str) -> Reject:
        return Reject(read.number, self._names[role], message)


def read_row(row: Row, fields: Sequence[Field], *, id_prefix: str) -> ReadRow | Reject:
    """One row as a ``RowReader`` reads it."""
    return RowReader(fields, id_prefix=id_prefix).read(row)


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


def _no_image(path: str) -> str:
    """Why a cell can't be read as an image where the file brought none."""
    sentence = _("This file brings no images, so '{path}' can't be found. Pack the table and its images as one zip.")
    return sentence.format(path=_shortened(path))


def _folded(text: str) -> str:
    return text.strip().casefold()


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
