"""What is asked of imports: which are unfinished, which version came with one, what is here already."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value


def unfinished_imports(db: Database) -> list[int]:
    """The ids of staged imports, oldest first."""
    rows = fetch_all(db, "SELECT id FROM imports WHERE id NOT IN (SELECT import_id FROM import_ends) ORDER BY id")
    return [row["id"] for row in rows]


def read_unfinished(db: Database) -> list[dict[str, Any]]:
    """Staged imports, oldest first: ``id, file_name, last_row, request_id, at`` and ``item_count`` staged so far."""
    return fetch_all(
        db,
        """
        SELECT id, file_name, last_row, coalesce(request_id, '') AS request_id, at,
            coalesce((SELECT item_count FROM import_spans WHERE import_id = imports.id), 0) AS item_count
        FROM imports WHERE id NOT IN (SELECT import_id FROM import_ends) ORDER BY id
        """,
    )


def imported_version_id(db: Database, import_id: int) -> int | None:
    """The external version whose answers came with an import, or None."""
    value = fetch_value(db, "SELECT version_id FROM imports WHERE id = ?", (import_id,))
    return None if value is None else int(value)


def latest_import_id(db: Database) -> int:
    """The id of the newest import that is published; 0 before the first."""
    return int(fetch_value(db, "SELECT coalesce(max(import_id), 0) FROM import_ends WHERE outcome = 'published'"))


def labels_of_inputs(db: Database, wanted: Sequence[tuple[int, str]]) -> list[tuple[tuple[int, str], int | None]]:
    """Those of the given pairs whose inputs a record of another id has or had, with the settled class or None.

    ``wanted`` holds pairs of input hash and external id.
    """
    rows = fetch_all(
        db,
        """
        SELECT wanted.value ->> 0 AS input_hash, wanted.value ->> 1 AS external_id, (
            SELECT resolved_class_id FROM item_state
            WHERE group_id = groups.id AND resolved_class_id IS NOT NULL LIMIT 1) AS class_id
        FROM json_each(?) AS wanted JOIN groups ON groups.input_hash = wanted.value ->> 0
        WHERE EXISTS (SELECT 1 FROM items WHERE group_id = groups.id AND external_id <> wanted.value ->> 1)
        """,
        (json.dumps([list(pair) for pair in wanted]),),
    )
    return [((row["input_hash"], row["external_id"]), row["class_id"]) for row in rows]


def decided_inputs(db: Database, hashes: Sequence[int]) -> dict[int, int | None]:
    """Of groups with these hashes of inputs those that people have settled: the class, or None for "cannot tell"."""
    rows = fetch_all(
        db,
        """
        SELECT wanted.value AS input_hash, min(item_state.resolved_class_id) AS class_id
        FROM json_each(?) AS wanted CROSS JOIN groups ON groups.input_hash = wanted.value
            JOIN item_state ON item_state.group_id = groups.id
        WHERE item_state.review_count > 0 AND (item_state.resolved_class_id IS NOT NULL OR item_state.cannot_tell = 1)
            AND EXISTS (
                SELECT 1 FROM events WHERE events.group_id = groups.id AND events.source <> 'import'
                    AND events.surplus = 0 AND events.kind IN ('label', 'cannot_tell', 'adjudicate'))
        GROUP BY wanted.value
        """,
        (json.dumps(list(hashes)),),
    )
    return {row["input_hash"]: row["class_id"] for row in rows}
