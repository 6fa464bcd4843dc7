"""What an import would bring, found before anything is kept."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from hitl.domain.rows import Reject

SHOWN_ROWS = 20
SHOWN_GROUPS = 50
SHOWN_REJECTS = 200
MOST_LABELS = 200


@dataclass(frozen=True)
class Finding:
    """How many rows, and the numbers of the first ones."""

    count: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class UnknownLabel:
    """A label that is no class of the project; ``nearest`` is the class most like it, or None."""

    text: str
    found: Finding
    nearest: str | None
    is_retired: bool = False


@dataclass(frozen=True)
class LabelCount:
    """A label with its number of rows and the first of them; 0 rows where it stands in the project already."""

    label: str
    count: int
    first_row: int


@dataclass(frozen=True)
class IdenticalGroup:
    """Rows with the same inputs; ``is_known`` where the project holds such an item."""

    example: str
    count: int
    first_row: int
    is_known: bool


@dataclass(frozen=True)
class LabelConflict:
    """Rows with the same inputs and labels that differ."""

    example: str
    labels: tuple[LabelCount, ...]


@dataclass(frozen=True)
class DecidedOtherwise:
    """A row whose label is not what people decided about its content; ``decided`` is "" where they could not tell."""

    row: int
    example: str
    label: str
    decided: str


@dataclass(frozen=True)
class ImportCheck:
    """What would become of each row of a file; every row counts once among new, changed, unchanged and left out.

    Attributes
    ----------
    row_count : int
        All rows that are no blank lines.
    new, changed, unchanged : Finding
        Items not here before; known by their id with other content; just as they are here.
    relabelled : Finding
        Of the changed ones, those that come with another label than they were imported with.
    decided_otherwise : Finding
        Rows whose label is not what people decided here; the decisions stand.
    decided_before : Finding
        Of the changed ones, those that people have decided with their earlier content: they wait to be decided again.
    left_out, empty, repeated, refused, no_class, broken : Finding
        Rows that would be left out, and why: empty; their id stood before; changed, where changes are refused; their
        label is no class; everything else.
    labelled, unlabelled : Finding
        Of the new and changed ones.
    answers : int
        Rows known and unchanged that bring a new answer of an existing model.
    identical : int
        Rows with the inputs of an earlier row, or of an item that is here.
    classes : tuple of LabelCount
        Labels that would become the first classes of the project.
    rejects : tuple of Reject
        The first rows left out.
    """

    row_count: int = 0
    new: Finding = Finding()
    changed: Finding = Finding()
    unchanged: Finding = Finding()
    relabelled: Finding = Finding()
    decided_otherwise: Finding = Finding()
    decided_before: Finding = Finding()
    left_out: Finding = Finding()
    empty: Finding = Finding()
    repeated: Finding = Finding()
    refused: Finding = Finding()
    no_class: Finding = Finding()
    broken: Finding = Finding()
    labelled: Finding = Finding()
    unlabelled: Finding = Finding()
    answers: int = 0
    identical: int = 0
    identical_groups: tuple[IdenticalGroup, ...] = ()
    conflict_count: int = 0
    conflicts: tuple[LabelConflict, ...] = ()
    decisions: tuple[DecidedOtherwise, ...] = ()
    unknown_labels: tuple[UnknownLabel, ...] = ()
    classes: tuple[LabelCount, ...] = ()
    rejects: tuple[Reject, ...] = field(default_factory=tuple)

    @property
    def kept(self) -> int:
        """Rows that are items afterwards."""
        return self.new.count + self.changed.count + self.unchanged.count

    def to_json(self) -> dict[str, Any]:
        """The same for a job's result or a program."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ImportCheck":
        """A check as ``to_json`` gave it."""
        findings = {
            name: _finding(value) for name, value in stored.items() if isinstance(value, Mapping) and "rows" in value
        }
        return cls(
            row_count=stored["row_count"],
            answers=stored["answers"],
            identical=stored["identical"],
            conflict_count=stored["conflict_count"],
            identical_groups=tuple(IdenticalGroup(**one) for one in stored["identical_groups"]),
            conflicts=tuple(
                LabelConflict(one["example"], tuple(LabelCount(**label) for label in one["labels"]))
                for one in stored["conflicts"]
            ),
            decisions=tuple(DecidedOtherwise(**one) for one in stored["decisions"]),
            unknown_labels=tuple(
                UnknownLabel(**{**one, "found": _finding(one["found"])}) for one in stored["unknown_labels"]
            ),
            classes=tuple(LabelCount(**one) for one in stored["classes"]),
            rejects=tuple(Reject(**{**one, "cells": tuple(one["cells"])}) for one in stored["rejects"]),
            **findings,
        )


def _finding(stored: Mapping[str, Any]) -> Finding:
    return Finding(stored["count"], tuple(stored["rows"]))
