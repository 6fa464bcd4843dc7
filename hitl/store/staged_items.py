"""Items on their way in: looked up, written and removed by the chunk, each table in one pass."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value
from hitl.store.item_changes import note_change
from hitl.store.search import index_texts, unindex_items


class StagedItem(NamedTuple):
    """A row on its way in; ``fields`` as JSON, ``text`` as it is searched."""

    row_number: int
    external_id: str
    revision: int
    input_hash: int
    imported_class_id: int | None
    fields: str
    text: str


class EarlierItem(NamedTuple):
    """The latest state of a record that is there already; ``fields`` as JSON."""

    import_id: int
    row_number: int
    revision: int
    imported_class_id: int | None
    fields: str


def earlier_items(db: Database, external_ids: Sequence[str]) -> dict[str, EarlierItem]:
    """The latest revision of each of the ids that is known, staged ones included."""
    rows = fetch_all(
        db,
        """
        SELECT items.external_id, items.import_id, items.row_number, max(items.revision) AS revision,
            items.imported_class_id, items.fields
        FROM json_each(?) AS wanted CROSS JOIN items ON items.external_id = wanted.value
        GROUP BY items.external_id
        """,
        (json.dumps(external_ids),),
    )
    return {row.pop("external_id"): EarlierItem(**row) for row in rows}


def add_items(db: Database, import_id: int, items: Sequence[StagedItem]) -> int:
    """Write staged items with their groups and their words for the search; returns the first id, the others follow it.

    Writes: groups, items, items_fts.
    """
    first_id = _next_id(db, "items")
    group_ids = _group_ids(db, [item.input_hash for item in items])
    db.conn.executemany(
        "INSERT INTO items(id, import_id, row_number, external_id, revision, group_id, imported_class_id, fields)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                item_id,
                import_id,
                item.row_number,
                item.external_id,
                item.revision,
                group_ids[item.input_hash],
                item.imported_class_id,
                item.fields,
            )
            for item_id, item in enumerate(items, start=first_id)
        ],
    )
    index_texts(db, [(item_id, item.text) for item_id, item in enumerate(items, start=first_id)])
    return first_id


def discard_staged(db: Database, import_id: int) -> None:
    """Remove what an unpublished import had staged."""
    note_change(db)
    db.execute("DELETE FROM predictions WHERE item_id IN (SELECT id FROM items WHERE import_id = ?)", (import_id,))
    unindex_items(db, import_id=import_id)
    db.execute("DELETE FROM items WHERE import_id = ?", (import_id,))


def _group_ids(db: Database, hashes: Sequence[int]) -> dict[int, int]:
    """The group of each hash of inputs; those without one get theirs, in the order given."""
    known: list[dict[str, Any]] = fetch_all(
        db,
        "SELECT groups.input_hash, groups.id FROM json_each(?) AS wanted"
        " CROSS JOIN groups ON groups.input_hash = wanted.value",
        (json.dumps(hashes),),
    )
    group_ids = {row["input_hash"]: row["id"] for row in known}
    unknown = dict.fromkeys(one for one in hashes if one not in group_ids)
    fresh = dict(zip(unknown, range(_next_id(db, "groups"), 1 << 62), strict=False))
    db.conn.executemany("INSERT INTO groups(input_hash, id) VALUES (?, ?)", sorted(fresh.items()))
    return group_ids | fresh


def _next_id(db: Database, table: str) -> int:
    return int(fetch_value(db, f"SELECT coalesce(max(id), 0) + 1 FROM {table}"))
