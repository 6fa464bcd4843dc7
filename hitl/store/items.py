"""Imports, groups and items."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.rows import Reject
from hitl.store.connection import fetch_all, fetch_one, fetch_value
from hitl.store.item_changes import note_change

KEPT_OF_CELL = 2_000
_REJECTS = """
    SELECT row_number, field, message, cells FROM import_rejects WHERE import_id = ? ORDER BY row_number, rowid
    """


def add_import(
    db: Database,
    *,
    file_name: str,
    file_sha256: str,
    choices: Mapping[str, object],
    request_id: str,
    actor_id: int,
    at: str,
) -> int:
    """Begin an import, or find the one this request began before."""
    db.execute(
        "INSERT INTO imports(file_name, file_sha256, choices, request_id, actor_id, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(request_id) DO NOTHING",
        (file_name, file_sha256, json.dumps(choices), request_id, actor_id, at),
    )
    return int(fetch_value(db, "SELECT id FROM imports WHERE request_id = ?", (request_id,)))


def find_import(db: Database, request_id: str) -> int | None:
    """The import that a request began, or None."""
    value = fetch_value(db, "SELECT id FROM imports WHERE request_id = ?", (request_id,))
    return None if value is None else int(value)


def read_import(db: Database, import_id: int) -> dict[str, Any]:
    """An import with its outcome (None while it is staged)."""
    row = fetch_one(
        db,
        "SELECT imports.*, import_ends.outcome, import_ends.summary FROM imports"
        " LEFT JOIN import_ends ON import_ends.import_id = imports.id WHERE imports.id = ?",
        (import_id,),
    )
    if row is None:
        raise NotFound(_("There is no import {import_id}.").format(import_id=import_id))
    return row


def set_import_version(db: Database, import_id: int, version_id: int) -> None:
    """Name the external model version whose predictions come with this import."""
    db.execute("UPDATE imports SET version_id = ? WHERE id = ?", (version_id, import_id))


def advance_import(db: Database, import_id: int, *, last_row: int, unchanged: int) -> None:
    """Note how far the import has come."""
    db.execute(
        "UPDATE imports SET last_row = ?, unchanged_count = unchanged_count + ? WHERE id = ?",
        (last_row, unchanged, import_id),
    )


def add_rejects(db: Database, import_id: int, rejects: Iterable[Reject]) -> None:
    """Note rows that were refused, with their cells; of a long cell the beginning."""
    db.conn.executemany(
        "INSERT INTO import_rejects(import_id, row_number, field, message, cells) VALUES (?, ?, ?, ?, ?)",
        [
            (import_id, one.row, one.field, one.message, json.dumps([cell[:KEPT_OF_CELL] for cell in one.cells]))
            for one in rejects
        ],
    )


def list_rejects(db: Database, import_id: int, *, limit: int) -> list[Reject]:
    """The first refused rows of an import in order."""
    return [_reject(row) for row in fetch_all(db, f"{_REJECTS} LIMIT ?", (import_id, limit))]


def stream_rejects(db: Database, import_id: int) -> Iterator[Reject]:
    """All refused rows of an import in order, one at a time; for a connection that is closed behind them."""
    return (_reject(row) for row in db.query(_REJECTS, (import_id,)))


def count_rejects(db: Database, import_id: int) -> int:
    """How many rows an import refused."""
    return int(fetch_value(db, "SELECT count(*) FROM import_rejects WHERE import_id = ?", (import_id,)))


def end_import(db: Database, import_id: int, *, outcome: str, summary: dict[str, object], at: str) -> None:
    """Write how an import ended."""
    db.execute(
        "INSERT INTO import_ends(import_id, outcome, summary, at) VALUES (?, ?, ?, ?)",
        (import_id, outcome, json.dumps(summary), at),
    )


def add_test_groups(db: Database, group_ids: Iterable[int], *, at: str) -> None:
    """Keep groups for testing, for ever; their labels came with an import."""
    kept = list(group_ids)
    note_change(db, kept)
    db.conn.executemany(
        "INSERT INTO test_groups(group_id, source, at) VALUES (?, 'import', ?)", [(group_id, at) for group_id in kept]
    )


def read_items(db: Database, item_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Items by id, in id order: id, external_id, revision, group_id, fields (decoded)."""
    rows = fetch_all(
        db,
        "SELECT id, external_id, revision, group_id, fields FROM items"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(item_ids)),),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def fields_of_items(db: Database, item_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The fields (decoded) of items, in the order asked for; of one that is gone none."""
    found = {item["id"]: item["fields"] for item in read_items(db, item_ids)}
    return [found.get(item_id, {}) for item_id in item_ids]


def items_of_groups(db: Database, group_ids: Sequence[int], *, withdrawn: Collection[int] = ()) -> list[dict[str, Any]]:
    """The first published item of each group, by group id: group_id, input_hash, item_id, fields (decoded).

    Items of the ``withdrawn`` imports and redacted ones are left out.
    """
    rows = fetch_all(
        db,
        """
        SELECT items.group_id, groups.input_hash, min(items.id) AS item_id, items.fields
        FROM items JOIN groups ON groups.id = items.group_id JOIN import_ends USING (import_id)
        WHERE import_ends.outcome = 'published' AND items.group_id IN (SELECT value FROM json_each(?))
          AND items.import_id NOT IN (SELECT value FROM json_each(?))
          AND items.id NOT IN (SELECT item_id FROM redacted_items)
        GROUP BY items.group_id ORDER BY items.group_id
        """,
        (json.dumps(list(group_ids)), json.dumps(sorted(withdrawn))),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def unpredicted_items(db: Database, version_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Visible items without a prediction of a version, after an item id: id, group_id, fields (decoded)."""
    rows = fetch_all(
        db,
        """
        SELECT items.id, items.group_id, items.fields FROM item_state JOIN items ON items.id = item_state.item_id
        WHERE item_state.item_id > :after AND NOT EXISTS (
            SELECT 1 FROM predictions WHERE version_id = :version_id AND item_id = item_state.item_id)
        ORDER BY item_state.item_id LIMIT :limit
        """,
        {"after": after, "version_id": version_id, "limit": limit},
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def visible_count(db: Database) -> int:
    """How many items are visible."""
    return int(fetch_value(db, "SELECT count(*) FROM item_state"))


def find_item_id(db: Database, external_id: str) -> int | None:
    """The id of the visible item with an external id, or None."""
    value = fetch_value(
        db,
        "SELECT items.id FROM items JOIN item_state ON item_state.item_id = items.id"
        " WHERE items.external_id = ? ORDER BY items.revision DESC LIMIT 1",
        (external_id,),
    )
    return None if value is None else int(value)


def _reject(row: Mapping[str, Any]) -> Reject:
    return Reject(row["row_number"], row["field"], row["message"], tuple(json.loads(row["cells"])))
