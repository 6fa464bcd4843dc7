"""What training would learn from, what it is measured on, and what the newest version would change."""

from dataclasses import dataclass

from sqlite_utils import Database

from hitl.store.item_counts import count_states, count_test_labels
from hitl.store.versions import latest_evaluations
from hitl.views.labels import ClassCount, Staleness, count_learnable, explain_missing, read_class_counts, read_staleness
from hitl.views.receipt import Receipt, read_receipt
from hitl.views.versions import VersionSummary, list_version_summaries
from hitl.views.where_it_pays import WhereItPays, read_where_it_pays


@dataclass(frozen=True)
class KeptLabels:
    """Items kept for testing for ever: how many there are, and how many of them have a label."""

    imported_count: int
    drawn_count: int
    drawn_labelled_count: int

    @property
    def waiting_count(self) -> int:
        """Drawn items that nobody has decided yet."""
        return self.drawn_count - self.drawn_labelled_count


@dataclass(frozen=True)
class TrainingDesk:
    """Everything the Train page shows, jobs apart.

    ``unmeasured_count`` are labels of blind tests that the version in use was not measured with yet.
    """

    item_count: int
    unanswered_count: int
    classes: tuple[ClassCount, ...]
    missing: str | None
    staleness: Staleness
    champion: VersionSummary | None
    receipt: Receipt | None
    tests: KeptLabels
    unmeasured_count: int
    pays: WhereItPays

    @property
    def measurable_ids(self) -> tuple[int, ...]:
        """The versions to measure: the one in use and the one that waits."""
        waiting = self.receipt.version if self.receipt else None
        return tuple(summary.version.id for summary in (self.champion, waiting) if summary)

    @property
    def label_count(self) -> int:
        """Labels that a training would learn from."""
        return count_learnable(self.classes)


def read_training(db: Database) -> TrainingDesk:
    """The labels, the tests and the newest version as they stand."""
    classes = read_class_counts(db)
    states = count_states(db)
    champion = next((version for version in list_version_summaries(db) if version.is_champion), None)
    tests = read_kept_labels(db)
    return TrainingDesk(
        item_count=states.items,
        unanswered_count=states.items - states.by_people - states.imported - states.cannot_tell,
        classes=classes,
        missing=explain_missing(classes),
        staleness=read_staleness(db),
        champion=champion,
        receipt=read_receipt(db),
        tests=tests,
        unmeasured_count=count_unmeasured(db, tests, champion),
        pays=read_where_it_pays(db, champion),
    )


def count_unmeasured(db: Database, tests: KeptLabels, champion: VersionSummary | None) -> int:
    """Labels of blind tests that the version in use was not measured with yet."""
    if champion is None:
        return 0
    found = latest_evaluations(db, champion.version.id).get("drawn_test")
    return tests.drawn_labelled_count - (int(found["label_count"]) if found else 0)


def read_kept_labels(db: Database) -> KeptLabels:
    """How many items are kept for testing, and how many of them have a label."""
    found = count_test_labels(db)
    return KeptLabels(found.imported, found.drawn, found.drawn_labelled)
