"""What the review desk reads: predictions, identical items, and how far a reviewer has come."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value


def champion_predictions(db: Database, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Item id → the champion's prediction with the name of its version; items without one are left out."""
    rows = fetch_all(
        db,
        """
        SELECT predictions.*, versions.name AS version_name
        FROM predictions JOIN versions ON versions.id = predictions.version_id
        WHERE predictions.version_id = (SELECT version_id FROM promotions ORDER BY id DESC LIMIT 1)
          AND predictions.item_id IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(list(item_ids)),),
    )
    return {row["item_id"]: row for row in rows}


def visible_counts(db: Database, group_ids: Sequence[int]) -> dict[int, int]:
    """Group id → how many visible items it has."""
    rows = fetch_all(
        db,
        "SELECT group_id, count(*) AS item_count FROM item_state"
        " WHERE group_id IN (SELECT value FROM json_each(?)) GROUP BY group_id",
        (json.dumps(list(group_ids)),),
    )
    return {row["group_id"]: row["item_count"] for row in rows}


def decision_count_between(db: Database, *, actor_id: int, at: str, until: str) -> int:
    """How many answers of a person made since a time and before another stand; skips are none.

    Events are written in the order of time, so only those since then are read; a clock that went back leaves some that
    are dated after ``until``.
    """
    return int(
        fetch_value(
            db,
            """
            SELECT count(*) FROM events
            WHERE actor_id = :actor_id AND source <> 'import' AND kind IN ('label', 'cannot_tell', 'adjudicate')
              AND id > coalesce((
                SELECT id FROM events AS earlier
                WHERE actor_id = :actor_id AND source <> 'import' AND at < :at ORDER BY id DESC LIMIT 1), 0)
              AND at < :until
              AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = events.id)
            """,
            {"actor_id": actor_id, "at": at, "until": until},
        )
    )


def created_at(db: Database) -> str:
    """When the project was made."""
    return str(fetch_value(db, "SELECT at FROM project_revisions ORDER BY id LIMIT 1"))
