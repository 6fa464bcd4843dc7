"""How many items stand where: counts for cards, charts and steps, from the columns in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.domain.records import Route
from hitl.store.columns import ROUTES, AnswerColumns, Booleans, Flag, ItemColumns, SliceColumn, read_columns
from hitl.store.columns.arrays import NO_VALUE
from hitl.store.item_selection import answers_differ
from hitl.store.projects import list_classes
from hitl.store.versions import champion_id

ROUTE_KEYS = (*(str(route) for route in ROUTES), "resolved")
_STEPS = 100


@dataclass(frozen=True)
class StateCounts:
    """Visible items: all, answered by the model now, by people, by imported labels, and those nobody can tell."""

    items: int
    accepted: int
    by_people: int
    imported: int
    cannot_tell: int


@dataclass(frozen=True)
class QueueCounts:
    """Groups that wait in the queue, and those among them that were drawn to measure the model."""

    waiting: int
    drawn: int


@dataclass(frozen=True)
class TestCounts:
    """Visible groups kept for testing, by where they came from, and how many of the drawn ones have a label."""

    imported: int
    drawn: int
    drawn_labelled: int


@dataclass(frozen=True)
class LabelCounts:
    """Resolved groups of one class: to learn from, by people or imported, and kept aside for tests."""

    people_count: int = 0
    imported_count: int = 0
    test_count: int = 0


@dataclass(frozen=True)
class DoubtSum:
    """Unanswered groups with a known confidence, and the sum of 1 − confidence over them: the errors expected."""

    group_count: int
    expected_errors: float


@dataclass(frozen=True)
class Doubts:
    """Sums by predicted class, and by slice field and value; ``unknown_count`` groups have no known confidence."""

    by_class: dict[int, DoubtSum]
    by_slice: dict[str, dict[str, DoubtSum]]
    unknown_count: int


@dataclass(frozen=True)
class AcceptCounts:
    """Unanswered items with a prediction: all, those that a threshold accepts, and by hundredths of accept score."""

    items: int
    accepted: int
    by_step: tuple[int, ...]


def count_states(db: Database) -> StateCounts:
    """Who has answered the visible items."""
    columns = read_columns(db)
    return columns.once("states", lambda: _states(columns.items))


def count_items(db: Database) -> int:
    """How many items are visible."""
    return len(read_columns(db).items)


def count_queue(db: Database) -> QueueCounts:
    """Who waits in the queue."""
    columns = read_columns(db)
    return columns.once("queue", lambda: _queue(columns.items))


def sum_doubts(db: Database, *, slice_fields: Sequence[str]) -> Doubts:
    """How many errors the champion expects among its answers to unanswered groups: by class, and by slice value."""
    champion, fields = champion_id(db), tuple(slice_fields)
    columns = read_columns(db, [champion], slice_fields=list(fields))
    answers, slices = columns.answers_of(champion), {field: columns.slices[field] for field in fields}
    return columns.once(("doubts", champion, fields), lambda: _doubts(columns.items, answers, slices))


def count_labels(db: Database) -> dict[int, LabelCounts]:
    """Class id → its resolved groups."""
    columns = read_columns(db)
    return columns.once("labels", lambda: _labels(columns.items))


def count_test_labels(db: Database) -> TestCounts:
    """What is kept for testing."""
    columns = read_columns(db)
    return columns.once("tests", lambda: _tests(columns.items))


def count_disagreements(db: Database) -> int:
    """Visible items whose label differs from the champion's answer."""
    champion = champion_id(db)
    columns = read_columns(db, [champion])
    items, answers = columns.items, columns.answers_of(champion)
    return columns.once(
        ("disagreements", champion),
        lambda: _count(items.is_labelled & answers.is_given & (answers.class_id != items.label_id)),
    )


def count_accepted(db: Database, *, threshold: float) -> AcceptCounts:
    """What a threshold would accept of the items that nobody has answered; nothing is accepted in a retired class."""
    champion = champion_id(db)
    columns = read_columns(db, [champion])
    answers = columns.answers_of(champion)
    is_open = answers.is_given & ~columns.items.is_answered
    retired = [one.id for one in list_classes(db) if one.retired]
    scores = np.where(np.isin(answers.class_id, retired), 0.0, answers.accept_score)[is_open]
    unknown = _count(np.isnan(scores))
    scores = scores[~np.isnan(scores)]
    steps = np.rint(scores * 10_000).astype(np.int64) // 100
    by_step = np.bincount(steps, minlength=_STEPS + 1)
    return AcceptCounts(len(scores) + unknown, _count(scores >= threshold), tuple(by_step.tolist()))


def count_unpredicted(db: Database, version_id: int) -> int:
    """Visible items that a version has not answered."""
    return _count(~read_columns(db, [version_id]).answers_of(version_id).is_given)


def count_changed_predictions(db: Database, *, old_id: int, new_id: int) -> dict[str, int]:
    """Items that both versions predicted, and those among them with another class."""
    columns = read_columns(db, [old_id, new_id])
    old, new = columns.answers_of(old_id), columns.answers_of(new_id)
    return {"items": _count(old.is_given & new.is_given), "changed": _count(answers_differ(old, new))}


def count_flips(db: Database, *, old_id: int, new_id: int) -> dict[str, int]:
    """Labelled test groups that both versions answered: all, ``fixed`` and ``newly_wrong`` by the new one."""
    columns = read_columns(db, [old_id, new_id])
    items, old, new = columns.items, columns.answers_of(old_id), columns.answers_of(new_id)
    tests = items.is_first_of_group & items.has(Flag.TESTED) & items.is_labelled & old.is_given & new.is_given
    was_right, is_right = (one.class_id[tests] == items.label_id[tests] for one in (old, new))
    return {
        "labels": _count(tests),
        "fixed": _count(~was_right & is_right),
        "newly_wrong": _count(was_right & ~is_right),
    }


def count_slice_values(db: Database, field: str) -> dict[str, int]:
    """The values of a field → how many visible items have it, most frequent first."""
    columns = read_columns(db, slice_fields=[field])
    return columns.once(("slice", field), lambda: _slice_values(columns.slices[field]))


def count_routes(items: ItemColumns, answers: AnswerColumns, *, bin_count: int) -> npt.NDArray[np.int64]:
    """Items with a known confidence by equal bins of it and by what became of them, as ``ROUTE_KEYS``."""
    audited = np.where(items.has(Flag.AUDITED), ROUTES.index(Route.AUDIT), items.route)
    series = np.where(items.is_answered, len(ROUTES), audited).astype(np.intp)
    return count_by_confidence(answers, series, series_count=len(ROUTE_KEYS), bin_count=bin_count)


def count_unsure(answers: AnswerColumns) -> int:
    """Visible items with an answer of which nobody knows how sure it is."""
    return _count(answers.is_given & np.isnan(answers.confidence))


def count_by_confidence(
    answers: AnswerColumns, series: npt.NDArray[np.intp], *, series_count: int, bin_count: int
) -> npt.NDArray[np.int64]:
    """Items with a known confidence by equal bins of it and by series: shape (bin_count, series_count)."""
    given = ~np.isnan(answers.confidence)
    bins = np.minimum((answers.confidence[given] * bin_count).astype(np.intp), bin_count - 1)
    counts = np.bincount(bins * series_count + series[given], minlength=bin_count * series_count)
    return counts.reshape(bin_count, series_count)


def _states(items: ItemColumns) -> StateCounts:
    by_people = items.is_labelled & items.has(Flag.REVIEWED)
    return StateCounts(
        items=len(items),
        accepted=_count(items.has(Flag.RELEASED)),
        by_people=_count(by_people),
        imported=_count(items.is_labelled) - _count(by_people),
        cannot_tell=_count(items.has(Flag.CANNOT_TELL)),
    )


def _queue(items: ItemColumns) -> QueueCounts:
    waiting = items.is_first_of_group & items.has(Flag.QUEUED)
    return QueueCounts(_count(waiting), _count(waiting & items.has(Flag.AUDITED)))


def _labels(items: ItemColumns) -> dict[int, LabelCounts]:
    is_label, is_test = items.is_first_of_group & items.is_labelled, items.has(Flag.TESTED)
    people = _by_class(items.label_id[is_label & ~is_test & items.has(Flag.REVIEWED)])
    imported = _by_class(items.label_id[is_label & ~is_test & ~items.has(Flag.REVIEWED)])
    tests = _by_class(items.label_id[is_label & is_test])
    return {
        class_id: LabelCounts(people.get(class_id, 0), imported.get(class_id, 0), tests.get(class_id, 0))
        for class_id in sorted({*people, *imported, *tests})
    }


def _tests(items: ItemColumns) -> TestCounts:
    is_test = items.is_first_of_group & items.has(Flag.TESTED)
    is_drawn = is_test & items.has(Flag.DRAWN_TEST)
    return TestCounts(_count(is_test) - _count(is_drawn), _count(is_drawn), _count(is_drawn & items.is_labelled))


def _slice_values(column: SliceColumn) -> dict[str, int]:
    counts = np.bincount(column.codes + 1, minlength=len(column.values) + 1)[1:]
    order = np.argsort(-counts, kind="stable").tolist()
    return {column.values[code]: int(counts[code]) for code in order if counts[code]}


def _doubts(items: ItemColumns, answers: AnswerColumns, slices: Mapping[str, SliceColumn]) -> Doubts:
    is_open = items.is_first_of_group & ~items.is_answered & answers.is_given
    is_known = is_open & ~np.isnan(answers.confidence)
    doubt = 1.0 - answers.confidence[is_known]
    by_slice = {
        field: {
            column.values[code]: found
            for code, found in _sums(column.codes[is_known], doubt).items()
            if code != NO_VALUE
        }
        for field, column in slices.items()
    }
    return Doubts(_sums(answers.class_id[is_known], doubt), by_slice, _count(is_open) - _count(is_known))


def _sums(codes: npt.NDArray[np.int32], doubt: npt.NDArray[np.float64]) -> dict[int, DoubtSum]:
    """Code → its groups and their doubts; codes begin at -1."""
    counts = np.bincount(codes + 1)
    sums = np.bincount(codes + 1, weights=doubt)
    return {code - 1: DoubtSum(int(counts[code]), float(sums[code])) for code in np.flatnonzero(counts).tolist()}


def _by_class(class_ids: npt.NDArray[np.int32]) -> dict[int, int]:
    found, counts = np.unique(class_ids, return_counts=True)
    return dict(zip(found.tolist(), counts.tolist(), strict=True))


def _count(which: Booleans) -> int:
    return int(np.count_nonzero(which))
