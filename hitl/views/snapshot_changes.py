"""What changed between what two versions learned from: labels, classes, settings, libraries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.domain.records import Event, Snapshot, Version
from hitl.domain.resolution import resolve
from hitl.store.label_changes import changed_classes, events_of_changed_groups
from hitl.store.projects import list_classes, retired_class_ids
from hitl.store.versions import read_snapshot
from hitl.views.wording import ESTIMATOR_NAMES, PARAMETER_NAMES

MOST_EVENTS = 2_000


@dataclass(frozen=True)
class ClassBalance:
    """Labels of one class in both snapshots."""

    name: str
    old_count: int
    new_count: int


@dataclass(frozen=True)
class LabelMove:
    """Labels that were of one class and became another; None: no label."""

    old_name: str | None
    new_name: str | None
    count: int


@dataclass(frozen=True)
class SnapshotChanges:
    """What the newer snapshot has that the older one had not.

    Attributes
    ----------
    balances : tuple of ClassBalance
    moves : tuple of LabelMove or None
        Labels added, corrected and removed, most first; None where too much was said in between to tell here.
    class_changes : tuple of str
        Classes that are new, out of use or changed, in words.
    """

    balances: tuple[ClassBalance, ...]
    moves: tuple[LabelMove, ...] | None
    class_changes: tuple[str, ...]


@dataclass(frozen=True)
class RecipeChange:
    """One setting of the training that differs."""

    name: str
    old: str
    new: str


def read_snapshot_changes(db: Database, old: Version, new: Version) -> SnapshotChanges | None:
    """The changes from the old version's snapshot to the new one's; None where one came with an import.

    Whichever was trained first, they are told in the order that the versions are given in.
    """
    if old.snapshot_id is None or new.snapshot_id is None:
        return None
    before, after = read_snapshot(db, old.snapshot_id), read_snapshot(db, new.snapshot_id)
    names = {label_class.id: label_class.name for label_class in list_classes(db)}
    earlier, later = sorted((before.watermark, after.watermark))
    return SnapshotChanges(
        balances=_balances(before, after, names),
        moves=_moves(db, before.watermark, after.watermark, names),
        class_changes=tuple(_describe_class(row) for row in changed_classes(db, after=earlier, until=later)),
    )


def list_recipe_changes(old: Version, new: Version) -> tuple[RecipeChange, ...]:
    """The settings, libraries and seed that differ."""
    kind, other_kind = (ESTIMATOR_NAMES.get(one.estimator, one.estimator) for one in (old, new))
    pairs: list[tuple[str, object, object]] = [(_("Kind of model"), kind, other_kind), (_("Seed"), old.seed, new.seed)]
    for ours, theirs in ((old.parameters, new.parameters), (old.libraries, new.libraries)):
        pairs += [
            (_(PARAMETER_NAMES.get(name, name)), ours.get(name, "—"), theirs.get(name, "—"))
            for name in sorted({*ours, *theirs})
        ]
    return tuple(RecipeChange(name, str(one), str(other)) for name, one, other in pairs if one != other)


def _balances(before: Snapshot, after: Snapshot, names: Mapping[int, str]) -> tuple[ClassBalance, ...]:
    found = [
        ClassBalance(name, before.class_counts.get(class_id, 0), after.class_counts.get(class_id, 0))
        for class_id, name in names.items()
    ]
    return tuple(one for one in found if one.old_count or one.new_count)


def _moves(db: Database, before: int, after: int, names: Mapping[int, str]) -> tuple[LabelMove, ...] | None:
    earlier, later = sorted((before, after))
    groups = events_of_changed_groups(db, after=earlier, until=later, most=MOST_EVENTS)
    if groups is None:
        return None
    retired = {watermark: retired_class_ids(db, watermark) for watermark in (before, after)}
    counts = Counter(
        (_label_at(events, before, retired[before]), _label_at(events, after, retired[after]))
        for events in groups.values()
    )
    moves = [
        LabelMove(names.get(old) if old else None, names.get(new) if new else None, count)
        for (old, new), count in counts.items()
        if old != new
    ]
    return tuple(sorted(moves, key=lambda move: (-move.count, move.old_name or "", move.new_name or "")))


def _label_at(events: Sequence[Event], watermark: int, retired: set[int]) -> int | None:
    class_id = resolve(event for event in events if event.id <= watermark).class_id
    return None if class_id in retired else class_id


def _describe_class(row: Mapping[str, object]) -> str:
    if row["new"]:
        return _("{name}: new").format(name=row["name"])
    if row["retired"]:
        return _("{name}: out of use").format(name=row["name"])
    return _("{name}: changed").format(name=row["name"])
