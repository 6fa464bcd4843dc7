"""Labels so far, by class, and whether they are enough to train on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.language import _, ngettext
from hitl.store.item_counts import LabelCounts, count_labels
from hitl.store.label_news import count_changed_classes, count_changed_labels
from hitl.store.projects import list_classes
from hitl.store.snapshot_rows import withdrawn_then
from hitl.store.versions import list_versions, read_snapshot
from hitl.views.formatting import number

FEWEST_LABELS = 10


@dataclass(frozen=True)
class ClassCount:
    """Labels of one class: to learn from, by people or imported, and those kept for testing."""

    class_id: int
    name: str
    people_count: int
    imported_count: int
    test_count: int
    retired: bool

    @property
    def learnable_count(self) -> int:
        """Labels that a model may learn from."""
        return self.people_count + self.imported_count

    @property
    def total(self) -> int:
        """All labels of the class."""
        return self.learnable_count + self.test_count

    @property
    def shown_name(self) -> str:
        """Its name, and whether it is retired."""
        return _("{name} (retired)").format(name=self.name) if self.retired else self.name


@dataclass(frozen=True)
class Staleness:
    """Labels and classes that differ from the newest trained version's snapshot; its name is None before the first."""

    version_name: str | None
    label_count: int
    class_count: int

    @property
    def is_stale(self) -> bool:
        """Whether training again would learn from something new."""
        return self.label_count + self.class_count > 0


def read_class_counts(db: Database) -> tuple[ClassCount, ...]:
    """Labels of every class in use, or no longer in use but labelled, in the classes' order."""
    counts = count_labels(db)
    rows = [
        ClassCount(
            class_id=label_class.id,
            name=label_class.name,
            people_count=found.people_count,
            imported_count=found.imported_count,
            test_count=found.test_count,
            retired=label_class.retired,
        )
        for label_class in list_classes(db)
        for found in [counts.get(label_class.id, LabelCounts())]
    ]
    return tuple(row for row in rows if not row.retired or row.total)


def read_staleness(db: Database) -> Staleness:
    """How many labels and classes differ from what the newest trained version learned from."""
    newest = next((version for version in list_versions(db) if version.snapshot_id is not None), None)
    if newest is None or newest.snapshot_id is None:
        return Staleness(None, count_changed_labels(db, 0, withdrawn=()), count_changed_classes(db, 0))
    snapshot = read_snapshot(db, newest.snapshot_id)
    labels = count_changed_labels(db, snapshot.watermark, withdrawn=withdrawn_then(snapshot))
    return Staleness(newest.name, labels, count_changed_classes(db, snapshot.watermark))


def count_learnable(counts: Sequence[ClassCount]) -> int:
    """Labels that a training would learn from: those of retired classes are left out."""
    return sum(row.learnable_count for row in counts if not row.retired)


def explain_missing(counts: Sequence[ClassCount]) -> str | None:
    """What is still needed before a model can be trained, or None when it can.

    >>> explain_missing([ClassCount(1, "spam", 12, 0, 0, False), ClassCount(2, "ham", 0, 0, 0, False)])
    "All 12 labels are 'spam'. Label at least one item of another class."
    """
    labelled = [row for row in counts if row.learnable_count and not row.retired]
    total = count_learnable(counts)
    if not total:
        return _("Nothing is labelled yet. A first model needs {fewest_labels} labels of at least two classes.").format(
            fewest_labels=FEWEST_LABELS
        )
    if len(labelled) == 1:
        return ngettext(
            "The only label is '{name}'. Label at least one item of another class.",
            "All {count} labels are '{name}'. Label at least one item of another class.",
            total,
        ).format(count=number(total), name=labelled[0].name)
    if total < FEWEST_LABELS:
        return _("A first model needs {needed} labels; there are {total}. Label {missing} more.").format(
            needed=FEWEST_LABELS, total=total, missing=FEWEST_LABELS - total
        )
    return None
