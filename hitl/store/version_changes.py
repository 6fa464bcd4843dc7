"""Items that two versions answer differently: counted once by a job, listed in windows of bounded size."""

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one

_BOTH = """
    FROM predictions AS new JOIN predictions AS old ON old.item_id = new.item_id AND old.version_id = :old_id
    WHERE new.version_id = :new_id
    """


def read_changed_classes(db: Database, *, old_id: int, new_id: int) -> list[dict[str, int]]:
    """Items that both predicted by ``old_class_id`` and ``new_class_id``, most first. Reads all: for jobs."""
    return fetch_all(
        db,
        f"""
        SELECT old.class_id AS old_class_id, new.class_id AS new_class_id, count(*) AS count {_BOTH}
        GROUP BY old.class_id, new.class_id ORDER BY count DESC, old.class_id, new.class_id
        """,
        {"old_id": old_id, "new_id": new_id},
    )


def add_changes(db: Database, *, old_id: int, new_id: int, body: Mapping[str, object], at: str) -> None:
    """Keep what was counted, unless just the same is the latest. Writes: version_changes."""
    if latest_changes(db, old_id=old_id, new_id=new_id) == body:
        return
    db.execute(
        "INSERT INTO version_changes(old_version_id, new_version_id, body, at) VALUES (?, ?, ?, ?)",
        (old_id, new_id, json.dumps(body), at),
    )


def latest_changes(db: Database, *, old_id: int, new_id: int) -> dict[str, Any] | None:
    """What was counted last for two versions in this order: ``items``, ``changed``, ``pairs``; None where nothing."""
    row = fetch_one(
        db,
        "SELECT body FROM version_changes WHERE new_version_id = ? AND old_version_id = ? ORDER BY id DESC LIMIT 1",
        (new_id, old_id),
    )
    return json.loads(row["body"]) if row else None


def read_window_of_changes(
    db: Database, *, old_id: int, new_id: int, after: int, item_count: int, limit: int
) -> list[dict[str, Any]]:
    """Items of a window by id that the two answer differently, at most ``limit``, by id.

    The window are the ``item_count`` predictions after an item: so much is read, however few differ.
    ``item_id, external_id, old_class_id, new_class_id, old_confidence, new_confidence, label_id``.
    """
    return fetch_all(
        db,
        """
        SELECT new.item_id, items.external_id, old.class_id AS old_class_id, new.class_id AS new_class_id,
            old.confidence AS old_confidence, new.confidence AS new_confidence, state.resolved_class_id AS label_id
        FROM (
            SELECT item_id, class_id, confidence FROM predictions
            WHERE version_id = :new_id AND item_id > :after ORDER BY item_id LIMIT :item_count) AS new
        JOIN predictions AS old ON old.version_id = :old_id AND old.item_id = new.item_id
            AND old.class_id <> new.class_id
        JOIN items ON items.id = new.item_id JOIN item_state AS state ON state.item_id = new.item_id
        ORDER BY new.item_id LIMIT :limit
        """,
        {"old_id": old_id, "new_id": new_id, "after": after, "item_count": item_count, "limit": limit},
    )


def end_of_window(db: Database, *, new_id: int, after: int, item_count: int) -> int | None:
    """The item after which the next window begins; None where this one is the last."""
    row = fetch_one(
        db,
        "SELECT item_id FROM predictions WHERE version_id = ? AND item_id > ? ORDER BY item_id LIMIT 1 OFFSET ?",
        (new_id, after, item_count),
    )
    return None if row is None else int(row["item_id"]) - 1
