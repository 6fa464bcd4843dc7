"""What the owner decides about an import: what becomes of changed records, and of labels that are no class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hitl.domain.fields import Field, Role
from hitl.domain.language import _
from hitl.domain.rows import Reject, Row

_CLASS_ROLES = frozenset({Role.LABEL, Role.PREDICTION})


class ChangedPolicy(StrEnum):
    """What becomes of a record that is known by its id, with other content."""

    REVISE = "revise"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ImportChoices:
    """What was decided before an import; kept with it.

    Attributes
    ----------
    changed : ChangedPolicy
        A changed record becomes a revision, or is left out.
    labels : mapping of str to str
        From a label as the file writes it to the class it means; to "" where its rows come in without a label.
    new_classes : tuple of str
        Labels that become classes of the project.
    """

    changed: ChangedPolicy = ChangedPolicy.REVISE
    labels: Mapping[str, str] = field(default_factory=dict)
    new_classes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """The choices for a job's arguments."""
        return {"changed": self.changed.value, "labels": dict(self.labels), "new_classes": list(self.new_classes)}

    @classmethod
    def from_json(cls, stored: object) -> "ImportChoices":
        """Choices as ``to_json`` gave them; without any, the usual ones."""
        known = stored if isinstance(stored, Mapping) else {}
        labels, new_classes = known.get("labels"), known.get("new_classes")
        return cls(
            ChangedPolicy(known.get("changed", ChangedPolicy.REVISE)),
            dict(labels) if isinstance(labels, Mapping) else {},
            tuple(map(str, new_classes)) if isinstance(new_classes, Sequence) else (),
        )


USUAL_CHOICES = ImportChoices()


def with_labels(
    rows: Iterable[Row | Reject], fields: Iterable[Field], choices: ImportChoices
) -> Iterator[Row | Reject]:
    """The rows with their labels as the choices say; capital letters and outer blanks do not matter.

    >>> rows = [Row(2, {"label": "Spamm "})]
    >>> [row.values for row in with_labels(rows, [Field("label", Role.LABEL)], ImportChoices(labels={"spamm": "spam"}))]
    [{'label': 'spam'}]
    """
    columns = [column.name for column in fields if column.role in _CLASS_ROLES]
    meant = {_folded(text): name for text, name in choices.labels.items()}
    if not meant:
        yield from rows
        return
    for row in rows:
        yield _with_labels(row, columns, meant) if isinstance(row, Row) else row


def changed_message(external_id: str) -> str:
    """Why a changed record is left out."""
    return _(
        "The id '{external_id}' is here already with other content, and changes are refused in "
        "this import. Give it an id of its own, or let changed rows become revisions."
    ).format(external_id=external_id)


def _with_labels(row: Row, columns: Sequence[str], meant: Mapping[str, str]) -> Row:
    changed = {
        column: meant[found]
        for column in columns
        if column in row.values and (found := _folded(row.values[column])) in meant
    }
    return Row(row.number, {**row.values, **changed}) if changed else row


def _folded(text: str) -> str:
    return text.strip().casefold()
