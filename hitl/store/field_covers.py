"""Which fields are covered; where that changes the search finds nothing until its index is filled, in small steps."""

import json
from collections.abc import Callable

from sqlite_utils import Database

from hitl.domain.covers import Cover, Covers
from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.store.connection import fetch_all, fetch_one, fetch_value, small_steps, write_transaction
from hitl.store.item_changes import note_change

AT_ONCE_ITEMS = 5_000


def current_covers(db: Database) -> Covers:
    """The covered fields by name."""
    stored = fetch_value(db, "SELECT covers FROM field_covers ORDER BY id DESC LIMIT 1")
    return {name: Cover(cover) for name, cover in json.loads(stored or "{}").items()}


def newest_cover_id(db: Database) -> int:
    """The number of the newest change of what is covered; 0 before the first."""
    return int(fetch_value(db, "SELECT coalesce(max(id), 0) FROM field_covers"))


def add_covers(db: Database, covers: Covers, *, actor_id: int, at: str) -> int:
    """Write what is covered from now on; where fields come or go the index is emptied, to be filled anew.

    Writes: field_covers, indexing, items_fts, item_changes.
    """
    is_other = current_covers(db).keys() != covers.keys()
    cover_id = int(
        fetch_value(
            db,
            "INSERT INTO field_covers(covers, actor_id, at) VALUES (?, ?, ?) RETURNING id",
            (json.dumps(covers), actor_id, at),
        )
    )
    if is_other:
        _empty_index(db)
    return cover_id


def find_indexing(db: Database) -> float | None:
    """How far the index has been filled anew, a share in [0, 1]; None when it is whole."""
    row = fetch_one(db, "SELECT indexed_to, last_item_id FROM indexing")
    return None if row is None else row["indexed_to"] / max(row["last_item_id"], 1)


def index_in_steps(
    db: Database,
    *,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> None:
    """Fill what is left of the index, in transactions so small that nobody waits long; ``tick`` may raise to stop.

    Writes: items_fts, indexing, item_changes.
    """
    pace = Pace()
    with small_steps(db) as tidy:
        while find_indexing(db) is not None:
            pace.take(lambda count: _index_next(db, count))
            tidy()
            tick(find_indexing(db) or 1.0, _("Making the search anew"))


def index_at_once(db: Database) -> None:
    """Fill the index now where there are few items; in the transaction of the change. Writes: as ``index_in_steps``."""
    row = fetch_one(db, "SELECT last_item_id FROM indexing")
    if row is not None and row["last_item_id"] <= AT_ONCE_ITEMS:
        while _index_next(db, AT_ONCE_ITEMS):
            pass


def _empty_index(db: Database) -> None:
    db.execute("INSERT INTO items_fts(items_fts) VALUES ('delete-all')")
    db.execute("DELETE FROM indexing")
    db.execute("INSERT INTO indexing(id, indexed_to, last_item_id) SELECT 1, 0, coalesce(max(id), 0) FROM items")
    note_change(db)  # what readers hold of earlier searches is dropped


def _index_next(db: Database, count: int) -> int:
    """Put the words of the next items in; how many, 0 when the index is whole."""
    with write_transaction(db):
        row = fetch_one(db, "SELECT indexed_to, last_item_id FROM indexing")
        if row is None:
            return 0
        texts = fetch_all(
            db,
            "SELECT id, text FROM items_text WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
            (row["indexed_to"], row["last_item_id"], count),
        )
        db.conn.executemany("INSERT INTO items_fts(rowid, text) VALUES (:id, :text)", texts)
        if len(texts) < count:
            db.execute("DELETE FROM indexing")
            note_change(db)
        else:
            db.execute("UPDATE indexing SET indexed_to = ?", (texts[-1]["id"],))
        return len(texts)
