"""The arrays of each project that this process has looked at, brought up to date whenever they are asked for.

The log of changes (``hitl.store.item_changes``) says what to read anew: some groups, some ranges of items, or all. Its
last row that was seen carries a random token: where that row is gone or another, much has changed or the file is not
the one that was read (restored, made anew), and everything is read again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from sqlite_utils import Database

from hitl.store.columns.arrays import AnswerColumns, Booleans, Flag, ItemColumns, SliceColumn
from hitl.store.columns.events import EventColumns, extend_events, load_events
from hitl.store.columns.reading import Spans, load_answers, load_items, reload_answers, reload_items
from hitl.store.columns.slices import load_slice, reload_slice
from hitl.store.connection import fetch_all
from hitl.store.search import stored_ids_with

MOST_BYTES = 400_000_000
MOST_VERSIONS = 4
MOST_TEXTS = 4
_MOST_CHANGED_SHARE = 4
_NO_VERSION = 0
_Counted = TypeVar("_Counted")


@dataclass(frozen=True, eq=False)
class Columns:
    """What is held of a project's visible items; replaced as a whole when something changed, so readers need no lock.

    Attributes
    ----------
    seen : (id, token)
        The row of the log of changes up to which this is true.
    """

    seen: tuple[int, int]
    items: ItemColumns
    answers: dict[int, AnswerColumns]
    slices: dict[str, SliceColumn]
    events: EventColumns | None = None
    texts: dict[str, Booleans] = field(default_factory=dict)
    counted: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes in memory, orders apart."""
        return (
            self.items.size
            + sum(one.size for one in self.answers.values())
            + sum(one.codes.nbytes for one in self.slices.values())
            + sum(one.nbytes for one in self.texts.values())
        )

    def once(self, key: Hashable, count: Callable[[], _Counted]) -> _Counted:
        """What was counted under a key since something changed last; counted now where nothing was."""
        if key not in self.counted:
            self.counted[key] = count()
        found: _Counted = self.counted[key]
        return found

    def answers_of(self, version_id: int | None) -> AnswerColumns:
        """What a version that was asked for answers; no version answers nothing."""
        return self.answers[version_id or _NO_VERSION]


@dataclass
class _Turn:
    """What one reader makes of what is held."""

    held: Columns


@dataclass
class _Place:
    """Where the columns of one project are kept; the lock keeps two threads from reading the same thing."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    held: Columns | None = None


_PLACES: OrderedDict[str, _Place] = OrderedDict()
_PLACES_GUARD = threading.Lock()


def read_columns(
    db: Database,
    versions: Sequence[int | None] = (),
    *,
    slice_fields: Sequence[str] = (),
    text: str | None = None,
) -> Columns:
    """All visible items as they are now.

    Parameters
    ----------
    versions
        Whose answers are wanted as well.
    slice_fields
        The fields whose values are wanted as well.
    text
        What a person typed; which items hold it is wanted as well.
    """
    with _up_to_date(db) as turn:
        turn.held = _with_answers(db, turn.held, [version_id or _NO_VERSION for version_id in versions])
        turn.held = _with_slices(db, turn.held, slice_fields)
        turn.held = _with_text(db, turn.held, text)
    return turn.held


def read_events(db: Database) -> EventColumns:
    """The label sequence as it is now."""
    with _up_to_date(db) as turn:
        events = load_events(db) if turn.held.events is None else extend_events(db, turn.held.events)
        turn.held = replace(turn.held, events=events)
    return events


@contextmanager
def _up_to_date(db: Database) -> Iterator["_Turn"]:
    """A turn in which what is held is true and can be added to; then it is what others find."""
    place = _place_of(db)
    with place.lock, _one_view(db) as is_shared:
        turn = _Turn(_refreshed(db, place.held))
        yield turn
        if is_shared:
            place.held = turn.held
    _let_go()


def _with_answers(db: Database, held: Columns, version_ids: Sequence[int]) -> Columns:
    missing = [version_id for version_id in dict.fromkeys(version_ids) if version_id not in held.answers]
    if not missing:
        return held
    fresh = {version_id: load_answers(db, version_id, held.items) for version_id in missing}
    asked_before = [version_id for version_id in held.answers if version_id not in version_ids]
    kept = set(held.answers) - set(asked_before[: max(0, len(held.answers) + len(fresh) - MOST_VERSIONS)])
    return replace(held, answers={one: held.answers[one] for one in held.answers if one in kept} | fresh)


def _with_slices(db: Database, held: Columns, names: Sequence[str]) -> Columns:
    fresh = {name: load_slice(db, name, held.items) for name in names if name not in held.slices}
    return replace(held, slices=held.slices | fresh) if fresh else held


@contextmanager
def _one_view(db: Database) -> Iterator[bool]:
    """A stretch that sees one state; whether others may see what is read: not what a transaction has yet to commit."""
    if db.conn.in_transaction:
        yield False
        return
    db.conn.execute("BEGIN")
    try:
        yield True
    finally:
        db.conn.execute("ROLLBACK")


def _with_text(db: Database, held: Columns, text: str | None) -> Columns:
    if text is None or text in held.texts:
        return held
    found = stored_ids_with(db, text)
    has_text = np.zeros(len(held.items), dtype=np.bool_)
    has_text[held.items.places_of(found[held.items.holds(found)])] = True
    return replace(held, texts=dict([*held.texts.items()][1 - MOST_TEXTS :]) | {text: has_text})


def _refreshed(db: Database, held: Columns | None) -> Columns:
    if held is None:
        return _read_anew(db, None)
    rows = _changes_from(db, held.seen[0])
    if not rows or (rows[0]["id"], rows[0]["token"]) != held.seen:
        return _read_anew(db, held)
    return held if len(rows) == 1 else _followed(db, held, rows[1:])


def _read_anew(db: Database, held: Columns | None) -> Columns:
    last = fetch_all(db, "SELECT id, token FROM item_changes ORDER BY id DESC LIMIT 1")[0]
    items = load_items(db)
    answers = {one: load_answers(db, one, items) for one in held.answers} if held else {}
    slices = {name: load_slice(db, name, items) for name in held.slices} if held else {}
    return Columns((last["id"], last["token"]), items, answers, slices)


def _changes_from(db: Database, row_id: int) -> list[dict[str, Any]]:
    return fetch_all(
        db,
        "SELECT id, token, group_id, first_item_id, last_item_id FROM item_changes WHERE id >= ? ORDER BY id",
        (row_id,),
    )


def _followed(db: Database, held: Columns, changes: list[dict[str, Any]]) -> Columns:
    """What is held, with the changed groups and ranges read anew; or all of it, where they are many."""
    groups = sorted({row["group_id"] for row in changes if row["group_id"] is not None})
    spans = _joined([(row["first_item_id"], row["last_item_id"]) for row in changes if row["last_item_id"] is not None])
    is_anything = any(row["group_id"] is None and row["last_item_id"] is None for row in changes)
    touched = len(groups) + sum(last - first + 1 for first, last in spans)
    if is_anything or touched * _MOST_CHANGED_SHARE > len(held.items):
        return _read_anew(db, held)
    items = reload_items(db, held.items, group_ids=groups, spans=spans)
    fresh = [*spans, *_span_of_new(held.items, items)]
    return Columns(
        (changes[-1]["id"], changes[-1]["token"]),
        items,
        {
            one: reload_answers(db, one, found, before=held.items, items=items, spans=fresh)
            for one, found in held.answers.items()
        },
        {name: reload_slice(db, name, found, before=held.items, items=items) for name, found in held.slices.items()},
        held.events if _has_same_tests(held.items, items) else None,
        held.texts if held.items.item_id is items.item_id else {},
    )


def _has_same_tests(before: ItemColumns, items: ItemColumns) -> bool:
    """Whether no group was kept for testing since: labels of such are no news."""
    return before.item_id is items.item_id and np.array_equal(before.has(Flag.TESTED), items.has(Flag.TESTED))


def _joined(spans: Spans) -> list[tuple[int, int]]:
    """The ranges in order, those that meet as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _span_of_new(before: ItemColumns, items: ItemColumns) -> list[tuple[int, int]]:
    if before.item_id is items.item_id:
        return []
    new = items.item_id[~before.holds(items.item_id)]
    return [(int(new[0]), int(new[-1]))] if len(new) else []


def _place_of(db: Database) -> _Place:
    path = str(db.conn.execute("PRAGMA database_list").fetchone()[2])
    if not path:
        return _Place()  # a database in memory is nobody else's
    with _PLACES_GUARD:
        place = _PLACES.setdefault(path, _Place())
        _PLACES.move_to_end(path)
    return place


def _let_go() -> None:
    """Forget the projects looked at longest ago, while all together hold too much; never the last one."""
    with _PLACES_GUARD:
        while len(_PLACES) > 1 and sum(one.held.size for one in _PLACES.values() if one.held) > MOST_BYTES:
            _PLACES.popitem(last=False)
