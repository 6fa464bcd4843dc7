"""Imports, groups and items."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from hitl.domain.errors import NotFound
from hitl.store.connection import fetch_all, fetch_one, fetch_value
from hitl.store.item_changes import note_change


def add_import(db: Database, *, file_name: str, file_sha256: str, request_id: str, actor_id: int, at: str) -> int:
    """Begin an import, or find the one this request began before."""
    db.execute(
        "INSERT INTO imports(file_name, file_sha256, request_id, actor_id, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT(request_id) DO NOTHING",
        (file_name, file_sha256, request_id, actor_id, at),
    )
    return int(fetch_value(db, "SELECT id FROM imports WHERE request_id = ?", (request_id,)))


def read_import(db: Database, import_id: int) -> dict[str, Any]:
    """An import with its outcome (None while it is staged)."""
    row = fetch_one(
        db,
        "SELECT imports.*, import_ends.outcome, import_ends.summary FROM imports"
        " LEFT JOIN import_ends ON import_ends.import_id = imports.id WHERE imports.id = ?",
        (import_id,),
    )
    if row is None:
        raise NotFound(f"There is no import {import_id}.")
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


def add_rejects(db: Database, import_id: int, rejects: Iterable[tuple[int, str, str]]) -> None:
    """Note rows that were refused: (row number, field, message)."""
    db.conn.executemany(
        "INSERT INTO import_rejects(import_id, row_number, field, message) VALUES (?, ?, ?, ?)",
        [(import_id, *reject) for reject in rejects],
    )


def list_rejects(db: Database, import_id: int) -> list[dict[str, Any]]:
    """The refused rows of an import in order."""
    return fetch_all(
        db,
        "SELECT row_number, field, message FROM import_rejects WHERE import_id = ? ORDER BY row_number, rowid",
        (import_id,),
    )


def end_import(db: Database, import_id: int, *, outcome: str, summary: dict[str, object], at: str) -> None:
    """Write how an import ended."""
    db.execute(
        "INSERT INTO import_ends(import_id, outcome, summary, at) VALUES (?, ?, ?, ?)",
        (import_id, outcome, json.dumps(summary), at),
    )


def show_items(db: Database, import_id: int, *, at: str) -> None:
    """Make the items of an import visible, in place of the earlier revisions they replace.

    Writes: release_ends, item_state.
    """
    note_change(db)
    older = """
        SELECT older.id FROM items AS newer JOIN items AS older
            ON older.external_id = newer.external_id AND older.revision < newer.revision
        WHERE newer.import_id = :import_id
        """
    values = {"import_id": import_id, "at": at}
    db.execute(
        f"INSERT INTO release_ends(release_id, reason, at) SELECT release_id, 'revised', :at FROM item_state"
        f" WHERE release_id IS NOT NULL AND item_id IN ({older})",
        values,
    )
    db.execute(f"DELETE FROM item_state WHERE item_id IN ({older})", values)
    db.execute(
        "INSERT INTO item_state(item_id, group_id, route)"
        " SELECT id, group_id, 'cold_start' FROM items WHERE import_id = :import_id ORDER BY id",
        values,
    )


def add_imported_labels(db: Database, import_id: int, *, actor_id: int, at: str) -> None:
    """Write the label events of an import's labelled items."""
    db.execute(
        """
        INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, import_id, at)
        SELECT 'label', 'import', ?, group_id, id, imported_class_id, import_id, ?
        FROM items WHERE import_id = ? AND imported_class_id IS NOT NULL ORDER BY id
        """,
        (actor_id, at, import_id),
    )


def imported_class_ids(db: Database, import_id: int) -> list[int]:
    """The classes that an import's labels and predictions name, in order of frequency."""
    rows = fetch_all(
        db,
        """
        SELECT class_id, count(*) AS uses FROM (
            SELECT imported_class_id AS class_id FROM items WHERE import_id = :import_id
            UNION ALL
            SELECT class_id FROM predictions WHERE item_id IN (SELECT id FROM items WHERE import_id = :import_id))
        WHERE class_id IS NOT NULL GROUP BY class_id ORDER BY uses DESC, class_id
        """,
        {"import_id": import_id},
    )
    return [row["class_id"] for row in rows]


def fresh_labelled_groups(db: Database, import_id: int) -> list[tuple[int, int]]:
    """(group_id, input_hash) of groups whose first labels came with this import and agree."""
    rows = fetch_all(
        db,
        """
        SELECT events.group_id, groups.input_hash FROM events JOIN groups ON groups.id = events.group_id
        WHERE events.group_id IN (
            SELECT group_id FROM items WHERE import_id = :import_id AND imported_class_id IS NOT NULL)
        GROUP BY events.group_id
        HAVING sum(coalesce(events.import_id, 0) <> :import_id) = 0 AND min(class_id) = max(class_id)
        """,
        {"import_id": import_id},
    )
    return [(row["group_id"], row["input_hash"]) for row in rows]


def add_test_groups(db: Database, group_ids: Iterable[int], *, at: str) -> None:
    """Keep groups for testing, for ever; their labels came with an import."""
    kept = list(group_ids)
    note_change(db, kept)
    db.conn.executemany(
        "INSERT INTO test_groups(group_id, source, at) VALUES (?, 'import', ?)", [(group_id, at) for group_id in kept]
    )


def reviewed_groups_of_import(db: Database, import_id: int) -> list[int]:
    """Groups of an import that people have looked at before."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT group_id FROM events WHERE source <> 'import'"
        " AND group_id IN (SELECT group_id FROM items WHERE import_id = ?)",
        (import_id,),
    )
    return [row["group_id"] for row in rows]


def import_counts(db: Database, import_id: int) -> dict[str, int]:
    """New, changed, labelled, unlabelled items of an import, and those with the inputs of an earlier other record."""
    row = fetch_one(
        db,
        """
        SELECT sum(revision = 1) AS new, sum(revision > 1) AS changed,
            sum(imported_class_id IS NOT NULL) AS labelled, sum(imported_class_id IS NULL) AS unlabelled,
            sum(EXISTS (SELECT 1 FROM items AS earlier WHERE earlier.group_id = items.group_id
                AND earlier.id < items.id AND earlier.external_id <> items.external_id)) AS identical
        FROM items WHERE import_id = ?
        """,
        (import_id,),
    )
    return {name: int(value or 0) for name, value in (row or {}).items()}


def read_items(db: Database, item_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Items by id, in id order: id, external_id, revision, group_id, fields (decoded)."""
    rows = fetch_all(
        db,
        "SELECT id, external_id, revision, group_id, fields FROM items"
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(item_ids)),),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def items_of_groups(db: Database, group_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The first published item of each group, by group id: group_id, input_hash, item_id, fields (decoded)."""
    rows = fetch_all(
        db,
        """
        SELECT items.group_id, groups.input_hash, min(items.id) AS item_id, items.fields
        FROM items JOIN groups ON groups.id = items.group_id JOIN import_ends USING (import_id)
        WHERE import_ends.outcome = 'published' AND items.group_id IN (SELECT value FROM json_each(?))
        GROUP BY items.group_id ORDER BY items.group_id
        """,
        (json.dumps(list(group_ids)),),
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
