"""Items on their way in: looked up, written and removed by the chunk, each table in one pass."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value
from hitl.store.import_spans import ITEMS_OF_IMPORT, extend_span, read_span, shorten_span
from hitl.store.item_changes import note_items
from hitl.store.search import index_texts, unindex_items

_VERSION = "(SELECT version_id FROM imports WHERE id = ?)"


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
    """The latest state of a record that is there already; ``fields`` as JSON, empty where all of it was withdrawn.

    ``input_hash`` is that of its group.
    """

    id: int
    import_id: int
    row_number: int
    revision: int
    imported_class_id: int | None
    fields: str
    input_hash: int

    @property
    def is_redacted(self) -> bool:
        """Whether its content was taken away for good."""
        return self.fields == "{}"

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether the record has just these values."""
        return bool(self.fields) and json.loads(self.fields) == values


def earlier_items(db: Database, external_ids: Sequence[str]) -> dict[str, EarlierItem]:
    """The latest revision of each of the ids that is known, staged ones included.

    Of a record whose latest revision was withdrawn: the content that stands again, under the number of the latest.
    """
    latest = _latest(db, external_ids, "1")
    if fetch_one(db, "SELECT 1 FROM import_withdrawals LIMIT 1") is None:
        return latest
    standing = _latest(db, list(latest), "items.import_id NOT IN (SELECT import_id FROM import_withdrawals)")
    return {
        name: standing[name]._replace(revision=item.revision)
        if name in standing
        else item._replace(imported_class_id=None, fields="")
        for name, item in latest.items()
    }


def _latest(db: Database, external_ids: Sequence[str], condition: str) -> dict[str, EarlierItem]:
    rows = fetch_all(
        db,
        f"""
        SELECT items.external_id, items.id, items.import_id, items.row_number, max(items.revision) AS revision,
            items.imported_class_id, items.fields,
            (SELECT input_hash FROM groups WHERE groups.id = items.group_id) AS input_hash
        FROM json_each(?) AS wanted CROSS JOIN items ON items.external_id = wanted.value
        WHERE {condition} GROUP BY items.external_id
        """,
        (json.dumps(external_ids),),
    )
    return {row.pop("external_id"): EarlierItem(**row) for row in rows}


def add_items(db: Database, import_id: int, items: Sequence[StagedItem]) -> int:
    """Write staged items, their groups and their words for the search; returns the first id, which the others follow.

    Writes: groups, items, items_fts, import_spans.
    """
    if not items:
        return 0
    first_id, first_group_id = _next_id(db, "items"), _next_id(db, "groups")
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
    extend_span(db, import_id, first_item_id=first_id, item_count=len(items), first_group_id=first_group_id)
    return first_id


def remove_staged(db: Database, import_id: int, *, count: int) -> bool:
    """Remove the last items of an import that nobody has seen, about ``count``; whether any may be left.

    Writes: predictions, items, items_fts, item_images, import_spans, item_changes.
    """
    span = read_span(db, import_id)
    first_id = max(span.last_item_id - count + 1, span.first_item_id)
    rows = fetch_all(
        db,
        f"SELECT id FROM items WHERE {ITEMS_OF_IMPORT} AND id >= :first_id",
        {"import_id": import_id, "first_id": first_id},
    )
    item_ids = json.dumps([row["id"] for row in rows])
    note_items(db, first_id, span.last_item_id)
    listed = "(SELECT value FROM json_each(?))"
    db.execute(f"DELETE FROM predictions WHERE version_id = {_VERSION} AND item_id IN {listed}", (import_id, item_ids))
    unindex_items(db, item_ids)
    db.execute(f"DELETE FROM item_images WHERE item_id IN {listed}", (item_ids,))
    db.execute(f"DELETE FROM items WHERE id IN {listed}", (item_ids,))
    shorten_span(db, import_id, last_item_id=first_id - 1)
    return first_id > span.first_item_id


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
    db.conn.executemany("INSERT INTO groups(input_hash, id) VALUES (?, ?)", fresh.items())
    return group_ids | fresh


def _next_id(db: Database, table: str) -> int:
    return int(fetch_value(db, f"SELECT coalesce(max(id), 0) + 1 FROM {table}"))
