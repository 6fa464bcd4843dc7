"""What would become of many chosen items, group by group, from the columns in memory.

judge_fitting(db, asked, chosen)    the items that fit a filter; kept until something changes
judge_items(db, asked, item_ids)    the items of a list

The steps of an act judge the groups of its plan anew, from the tables (``hitl.store.bulk``): by the same rules.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.domain.bulk import BulkKind, LeftOut
from hitl.domain.explore_filter import ExploreFilter
from hitl.store.bulk import Asked
from hitl.store.bulk_plans import Plan
from hitl.store.columns import NO_CLASS, AnswerColumns, Booleans, Columns, Flag, Ints, ItemColumns, read_columns
from hitl.store.connection import fetch_all
from hitl.store.derived import RETIRED_CLASSES
from hitl.store.item_selection import select_items
from hitl.store.versions import champion_id

Places = npt.NDArray[np.intp]
REASONS = (None, *LeftOut)
_CHANGES = 0
_SCATTER = np.uint64(2654435761)
_LABELLED_BY_CLASS = frozenset({BulkKind.CONFIRM, BulkKind.CORRECT})


@dataclass(frozen=True, eq=False)
class Judgement:
    """What would become of each chosen group, by its first chosen item.

    Attributes
    ----------
    items : ItemColumns
    places : array of intp, shape (n_groups,)
        Places of these items.
    sizes : array of int64, shape (n_groups,)
        Visible items of each group.
    wanted_id : array of int32, shape (n_groups,)
        The class that it would get, ``NO_CLASS`` for none.
    left_out : array of uint8, shape (n_groups,)
        Position in ``REASONS``; 0 where the group would change.
    """

    items: ItemColumns
    places: Places
    sizes: npt.NDArray[np.int64]
    wanted_id: Ints
    left_out: npt.NDArray[np.uint8]

    @cached_property
    def changing(self) -> Places:
        """Positions of the groups that would change, by item id."""
        return np.flatnonzero(self.left_out == _CHANGES)

    @property
    def plan(self) -> Plan:
        """The groups that would change and their items, by group."""
        places = self.places[self.changing]
        pairs = np.column_stack([self.items.group_id[places], self.items.item_id[places]])
        return pairs[np.argsort(pairs[:, 0], kind="stable")]

    @cached_property
    def group_count(self) -> int:
        """Groups that would change."""
        return len(self.changing)

    @cached_property
    def item_count(self) -> int:
        """Items of these groups."""
        return int(self.sizes[self.changing].sum())

    @cached_property
    def people_count(self) -> int:
        """Those of the items that a person has decided before."""
        reviewed = self.items.has(Flag.REVIEWED)[self.places[self.changing]]
        return int(self.sizes[self.changing][reviewed].sum())

    @cached_property
    def left_out_counts(self) -> dict[LeftOut, int]:
        """Groups that would stay as they are, by why."""
        counts = np.bincount(self.left_out, minlength=len(REASONS)).tolist()
        return {reason: counts[code] for code, reason in enumerate(REASONS) if reason and counts[code]}

    @cached_property
    def present_counts(self) -> Counter[tuple[int, bool]]:
        """Items that would change by their label now, ``NO_CLASS`` for none, and whether nobody can tell."""
        places = self.places[self.changing]
        codes = self.items.label_id[places] * 2 + self.items.has(Flag.CANNOT_TELL)[places]
        return Counter({(code // 2, bool(code % 2)): n for code, n in self._summed(codes).items()})

    @cached_property
    def wanted_counts(self) -> Counter[int]:
        """Items that would change by the class that they would get."""
        return Counter(self._summed(self.wanted_id[self.changing]))

    def _summed(self, codes: npt.NDArray[np.int32]) -> dict[int, int]:
        sums = np.bincount(codes, weights=self.sizes[self.changing])
        return {int(code): int(sums[code]) for code in np.flatnonzero(sums)}

    def is_untellable(self, place: int) -> bool:
        """Whether it stands that nobody can tell an item, by its place."""
        return bool(self.items.flags[place] & Flag.CANNOT_TELL)

    def sample(self, count: int) -> Places:
        """Positions of some of the groups that would change, from all over; the same ones when asked again."""
        return self._scattered[:count]

    @cached_property
    def _scattered(self) -> Places:
        groups = self.items.group_id[self.places[self.changing]].astype(np.uint64)
        ranks = groups * _SCATTER % np.uint64(1 << 32)
        few = np.argpartition(ranks, 50)[:50] if len(ranks) > 50 else np.arange(len(ranks))
        return self.changing[few[np.argsort(ranks[few], kind="stable")]]

    def without(self, group_ids: Iterable[int]) -> "Judgement":
        """The judgement where other people are deciding some of the groups just now."""
        leased = np.isin(self.items.group_id[self.places], np.fromiter(group_ids, dtype=np.int32))
        firmer = [REASONS.index(LeftOut.GONE), REASONS.index(LeftOut.BLIND)]
        leased &= ~np.isin(self.left_out, firmer)
        code = np.uint8(REASONS.index(LeftOut.LEASED))
        return replace(self, left_out=np.where(leased, code, self.left_out)) if leased.any() else self


def judge_fitting(db: Database, asked: Asked, chosen: ExploreFilter) -> Judgement:
    """What would become of the items that fit a filter."""
    champion = champion_id(db)
    columns = read_columns(db, [champion])
    retired = _retired(db)
    key = (asked.kind, asked.class_id, chosen, champion, tuple(retired))
    found = _latest(columns, key, lambda: _judge(db, columns, asked, retired, _fitting(db, columns, chosen)))
    return found.without(_leased_groups(db, asked))


def judge_items(db: Database, asked: Asked, item_ids: Iterable[int]) -> Judgement:
    """What would become of some items; those that are not visible are nothing to act on."""
    columns = read_columns(db, [champion_id(db)])
    places = _places_of(columns, np.unique(np.fromiter(item_ids, dtype=np.int64)))
    return _judge(db, columns, asked, _retired(db), places).without(_leased_groups(db, asked))


def _latest(columns: Columns, key: object, judge: Callable[[], Judgement]) -> Judgement:
    """The judgement that was made last, if it was of the same; one is kept, for it is as large as the items."""
    kept: dict[object, Judgement] = columns.once("judged", dict)
    found = kept.get(key)
    if found is None:
        found = judge()
        kept.clear()
        kept[key] = found
    return found


def _fitting(db: Database, columns: Columns, chosen: ExploreFilter) -> Places:
    selection = select_items(db, chosen)
    if selection.items is columns.items:
        return np.flatnonzero(selection.fits)
    return _places_of(columns, selection.ids())


def _places_of(columns: Columns, item_ids: npt.NDArray[np.integer]) -> Places:
    return columns.items.places_of(item_ids[columns.items.holds(item_ids)])


def _judge(db: Database, columns: Columns, asked: Asked, retired: list[int], places: Places) -> Judgement:
    items, answers = columns.items, columns.answers_of(champion_id(db))
    first = _first_of_groups(items.group_id[places])
    places = places if first is None else places[first]
    wanted = _wanted(asked, answers, places)
    left_out = np.zeros(len(places), dtype=np.uint8)
    for reason, holds in _reasons(items, asked, places, wanted, retired, _drawn(db, columns)).items():
        left_out[(left_out == _CHANGES) & holds] = REASONS.index(reason)
    return Judgement(items, places, _sizes(columns)[items.group_id[places]], wanted, left_out)


def _first_of_groups(group_ids: Ints) -> Places | None:
    """Positions of the first of each group; None where no group is there twice, which rising ids show at once."""
    if len(group_ids) < 2 or np.all(np.diff(group_ids) > 0):
        return None
    return np.sort(np.unique(group_ids, return_index=True)[1])


def _sizes(columns: Columns) -> npt.NDArray[np.int64]:
    return columns.once("sizes", lambda: np.bincount(columns.items.group_id))


def _wanted(asked: Asked, answers: AnswerColumns, places: Places) -> Ints:
    if asked.kind is BulkKind.CONFIRM:
        return answers.class_id[places]
    return np.full(len(places), asked.class_id or NO_CLASS, dtype=np.int32)


def _reasons(
    items: ItemColumns, asked: Asked, places: Places, wanted: Ints, retired: list[int], drawn: Booleans
) -> dict[LeftOut, Booleans]:
    """Why groups are left out, the firmer reason first."""
    flags = items.flags[places]
    found = {LeftOut.BLIND: drawn[places] & ((flags & Flag.REVIEWED) == 0)}
    if asked.kind in _LABELLED_BY_CLASS:
        found[LeftOut.NO_ANSWER] = (wanted == NO_CLASS) | np.isin(wanted, retired)
    if asked.kind is BulkKind.CONFIRM:
        found[LeftOut.TEST] = (flags & Flag.TESTED) != 0
    if asked.kind is BulkKind.REVIEW:
        found[LeftOut.SAME] = (flags & Flag.QUEUED) != 0
        return found
    is_so = (flags & Flag.CANNOT_TELL) != 0
    if asked.kind in _LABELLED_BY_CLASS:
        is_so = items.label_id[places] == wanted
    found[LeftOut.SAME] = is_so & ((flags & Flag.SENT_BACK) == 0)
    return found


def _drawn(db: Database, columns: Columns) -> Booleans:
    """Whether the group of an item was drawn, for each item; drawing is noted as a change of the items."""

    def read() -> Booleans:
        drawn = [group_id for (group_id,) in db.execute("SELECT group_id FROM draws").fetchall()]
        return np.isin(columns.items.group_id, np.asarray(drawn, dtype=np.int32))

    return columns.once("drawn", read)


def _retired(db: Database) -> list[int]:
    return [row["class_id"] for row in fetch_all(db, f"SELECT class_id FROM {RETIRED_CLASSES} ORDER BY class_id")]


def _leased_groups(db: Database, asked: Asked) -> list[int]:
    """The groups that other people are deciding just now."""
    rows = fetch_all(
        db,
        "SELECT group_id FROM assignments WHERE ended_at IS NULL AND expires_at > :now AND actor_id <> :actor_id",
        {"now": asked.now, "actor_id": asked.actor_id},
    )
    return [row["group_id"] for row in rows]
