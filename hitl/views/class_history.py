"""Label classes with their looks, and what was changed of them when."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from hitl.domain.class_looks import ClassLook, settle_looks
from hitl.domain.language import _
from hitl.domain.records import LabelClass, Source
from hitl.store.projects import list_class_looks, list_class_revisions, list_classes


@dataclass(frozen=True)
class ShownClass:
    """A class with the look that it has, chosen or by its place in the order."""

    label_class: LabelClass
    look: ClassLook


@dataclass(frozen=True)
class ClassChange:
    """One change of a class: what was it before and after, empty where there is nothing to read."""

    what: str
    before: str
    after: str
    actor_name: str
    at: str


def read_shown_classes(db: Database) -> tuple[ShownClass, ...]:
    """All classes in their order, retired ones included."""
    classes = list_classes(db)
    looks = settle_looks(classes)
    return tuple(ShownClass(one, looks[one.id]) for one in classes)


def read_class_history(db: Database, class_id: int, *, people: Mapping[int, str]) -> tuple[ClassChange, ...]:
    """What was changed of a class, newest first."""
    revisions = [row for row in list_class_revisions(db) if row["class_id"] == class_id]
    looks = [row for row in list_class_looks(db) if row["class_id"] == class_id]
    changes = [_change(_("made"), "", row["name"], row, people) for row in revisions[:1]]
    for before, after in pairwise(revisions):
        changes += _compared(before, after, people)
    for before, after in pairwise([{"colour": None, "shortcut": None}, *looks]):
        changes += _compared_looks(before, after, people)
    return tuple(sorted(changes, key=lambda change: change.at, reverse=True))


def _compared(before: Mapping[str, Any], after: Mapping[str, Any], people: Mapping[int, str]) -> list[ClassChange]:
    found = []
    for column, what in (("name", _("renamed")), ("guideline", _("guideline changed"))):
        if before[column] != after[column]:
            found.append(_change(what, before[column], after[column], after, people))
    if before["retired"] != after["retired"]:
        found.append(_change(_("retired") if after["retired"] else _("brought back"), "", "", after, people))
    if before["position"] != after["position"]:
        old, new = (str(row["position"] + 1) for row in (before, after))
        found.append(_change(_("moved in the order"), old, new, after, people))
    return found


def _compared_looks(
    before: Mapping[str, Any], after: Mapping[str, Any], people: Mapping[int, str]
) -> list[ClassChange]:
    names = (("colour", _("colour changed")), ("shortcut", _("key changed")))
    return [
        _change(what, before[column] or _("by its place"), after[column] or _("by its place"), after, people)
        for column, what in names
        if before[column] != after[column]
    ]


def _change(what: str, before: str, after: str, row: Mapping[str, Any], people: Mapping[int, str]) -> ClassChange:
    name = _("Import") if row.get("source") == Source.IMPORT else people.get(row["actor_id"], "?")
    return ClassChange(what, before, after, name, row["at"])
