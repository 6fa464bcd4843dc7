"""Any two versions side by side: on the same test labels, by class and slice, and item by item."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.fields import slice_names
from hitl.domain.language import _
from hitl.ml.intervals import wilson_interval
from hitl.ml.label_needs import labels_needed
from hitl.ml.paired import Difference, adjust_for_many_looks, paired_difference
from hitl.store.columns import read_columns
from hitl.store.field_covers import current_covers
from hitl.store.projects import list_classes, read_project
from hitl.store.test_answers import count_answers, count_paired, count_unanswered_tests, paired_answers
from hitl.views.measures import Rate
from hitl.views.versions import VersionSummary, list_version_summaries

SOURCES = {"drawn_test": "draw", "imported_test": "import"}
MOST_VALUES = 40
NO_VALUE = "—"
_Read = TypeVar("_Read")


@dataclass(frozen=True)
class PairedRow:
    """Both versions on the same labels of a class, a slice, or all.

    Attributes
    ----------
    kind, name : str
        What the labels have in common: a column and its value, or a class.
    old, new : Rate
        Shares right.
    difference : Difference
        New minus old, with its interval.
    chance : float or None
        The sign test's, adjusted for all rows of the table that have labels enough; None where there are too few.
    """

    kind: str
    name: str
    old: Rate
    new: Rate
    difference: Difference
    chance: float | None

    @property
    def label_count(self) -> int:
        """Labels that both answered."""
        return self.difference.n


@dataclass(frozen=True)
class Flip:
    """A test item that the two answer differently; ``kind``: fixed, newly_wrong, or both_wrong."""

    external_id: str
    kind: str
    label: str
    old_answer: str
    new_answer: str
    old_confidence: float | None
    new_confidence: float | None


@dataclass(frozen=True)
class Comparison:
    """Two versions on the test labels of one source that both have answered.

    Attributes
    ----------
    source : str or None
        None where there are no such labels.
    source_counts : dict
        Labels by each source there is.
    missing_count : int
        Labelled test items that one of them has not answered and could.
    needed_count : int
        Labels from which on a class or slice is compared.
    """

    old: VersionSummary
    new: VersionSummary
    source: str | None
    source_counts: dict[str, int]
    missing_count: int
    needed_count: int
    overall: PairedRow | None
    classes: tuple[PairedRow, ...]
    slices: tuple[PairedRow, ...]
    flips: tuple[Flip, ...]


def read_comparison(db: Database, *, old: VersionSummary, new: VersionSummary, source: str | None) -> Comparison:
    """The comparison on a source, or on the best that there is: a blind test before imported test labels."""
    pair = (old.version.id, new.version.id)
    counts = _once(db, pair, "count", lambda: count_paired(db, old_id=pair[0], new_id=pair[1]))
    known = {name: counts[origin] for name, origin in SOURCES.items() if counts.get(origin)}
    chosen = source if source in known else next(iter(known), None)
    columns = slice_names(uncovered(read_project(db).fields, current_covers(db)))
    rows = _read_rows(db, pair, chosen, columns) if chosen else []
    names = {label_class.id: label_class.name for label_class in list_classes(db)}
    several = len({row["import_id"] for row in rows}) > 1
    needed = labels_needed(sum(map(_new_right, rows)) / len(rows) if rows else None)
    return Comparison(
        old=old,
        new=new,
        source=chosen,
        source_counts=known,
        missing_count=max(_count_missing(db, old), _count_missing(db, new)),
        needed_count=needed,
        overall=next(iter(_paired(rows, lambda _row: [("", "")], needed=1)), None),
        classes=_paired(rows, lambda row: [("", names.get(row["true_class_id"], "?"))], needed=needed),
        slices=_paired(rows, lambda row: _slices_of(row, columns, several=several), needed=needed),
        flips=tuple(_flips(rows, names)),
    )


def pick_versions(
    db: Database, *, old: str, new: str
) -> tuple[tuple[VersionSummary, ...], VersionSummary | None, VersionSummary | None]:
    """All versions, newest first, and the two asked for by id: else the one in use and the newest other one.

    Where neither was asked for, the older one is the first of the two; None and None where there are no two.
    """
    versions = list_version_summaries(db)
    if len(versions) < 2:  # a comparison takes two
        return versions, None, None
    by_id = {str(one.version.id): one for one in versions}
    champion = next((one for one in versions if one.is_champion), versions[-1])
    ours = by_id.get(old) or champion
    theirs = by_id.get(new) or next(one for one in versions if one is not ours)
    if old not in by_id and new not in by_id:
        ours, theirs = sorted((ours, theirs), key=lambda one: one.version.id)
    return versions, ours, theirs


def _read_rows(db: Database, pair: tuple[int, int], source: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    old_id, new_id = pair
    asked: dict[str, Any] = {"old_id": old_id, "new_id": new_id, "source": SOURCES[source], "slice_names": columns}
    return _once(db, pair, (source, columns), lambda: paired_answers(db, **asked))


def _once(db: Database, pair: tuple[int, int], what: Hashable, read: Callable[[], _Read]) -> _Read:
    """What was read of two versions' answers to tests since an item or one of the answers changed last."""
    return read_columns(db).once(("compared", pair, count_answers(db, pair), what), read)


def _count_missing(db: Database, summary: VersionSummary) -> int:
    return count_unanswered_tests(db, summary.version.id) if summary.version.kind == "trained" else 0


def _paired(
    rows: Sequence[dict[str, Any]], keys_of: Callable[[dict[str, Any]], list[tuple[str, str]]], *, needed: int
) -> tuple[PairedRow, ...]:
    """A row for each key; those with most labels newly wrong beyond those fixed come first, small ones last."""
    tables: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        for key in keys_of(row):
            tables.setdefault(key, Counter())[_outcome(row)] += 1
    found = [(key, _differ(tables[key]), tables[key]) for key in _most_frequent(tables)]
    found.sort(key=lambda one: (one[1].n < needed, one[1].fixed - one[1].newly_wrong, -one[1].n))
    chances = adjust_for_many_looks([one.chance if one.n >= needed else None for _, one, _ in found])
    return tuple(
        PairedRow(
            kind=key[0],
            name=key[1],
            old=_rate(table["right"] + one.newly_wrong, one.n),
            new=_rate(table["right"] + one.fixed, one.n),
            difference=one,
            chance=chance,
        )
        for (key, one, table), chance in zip(found, chances, strict=True)
    )


def _most_frequent(tables: Mapping[tuple[str, str], Counter[str]]) -> Iterator[tuple[str, str]]:
    """Of each column the values with most labels, so that a column of names costs no more than another."""
    for kind in dict.fromkeys(key[0] for key in tables):
        keys = sorted((key for key in tables if key[0] == kind), key=lambda key: -tables[key].total())
        yield from keys[:MOST_VALUES]


def _differ(table: Counter[str]) -> Difference:
    found = paired_difference(table["fixed"], table["newly_wrong"], sum(table.values()))
    if found is None:
        raise ValueError(_("a table without labels has no difference"))
    return found


def _rate(right: int, n: int) -> Rate:
    interval = wilson_interval(right, n)
    return Rate(right / n, interval.low if interval else None, interval.high if interval else None, n)


def _outcome(row: dict[str, Any]) -> str:
    old_right = row["old_class_id"] == row["true_class_id"]
    if old_right and _new_right(row):
        return "right"
    if old_right:
        return "newly_wrong"
    return "fixed" if _new_right(row) else "both_wrong"


def _new_right(row: dict[str, Any]) -> bool:
    return bool(row["new_class_id"] == row["true_class_id"])


def _slices_of(row: dict[str, Any], columns: Sequence[str], *, several: bool) -> list[tuple[str, str]]:
    found = [
        (name, NO_VALUE if value in (None, "") else str(value))
        for name, value in zip(columns, row["slices"], strict=True)
    ]
    if several:
        found.append(
            (
                _("Imported file"),
                _("{file_name} (import {import_id})").format(file_name=row["file_name"], import_id=row["import_id"]),
            )
        )
    return found


def _flips(rows: Sequence[dict[str, Any]], names: dict[int, str]) -> Iterator[Flip]:
    """Newly wrong ones first, then fixed ones, then those that both have wrong."""
    order = ("newly_wrong", "fixed", "both_wrong")
    changed = [row for row in rows if row["old_class_id"] != row["new_class_id"]]
    for row in sorted(changed, key=lambda row: order.index(_outcome(row))):
        yield Flip(
            external_id=row["external_id"],
            kind=_outcome(row),
            label=names.get(row["true_class_id"], "?"),
            old_answer=names.get(row["old_class_id"], "?"),
            new_answer=names.get(row["new_class_id"], "?"),
            old_confidence=row["old_confidence"],
            new_confidence=row["new_confidence"],
        )
