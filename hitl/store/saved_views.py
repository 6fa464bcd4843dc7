"""Filters of items kept under a name, by their revisions."""

import json
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row

_CURRENT = """
    SELECT saved_views.id, revision.name, revision.filter, revision.item_order, revision.removed,
        saved_views.actor_id, saved_views.at
    FROM saved_views JOIN saved_view_revisions AS revision ON revision.id = (
        SELECT max(id) FROM saved_view_revisions WHERE view_id = saved_views.id)
    """


def list_views(db: Database) -> list[dict[str, Any]]:
    """The views that were not removed, by name: ``id, name, filter, item_order, actor_id, at``."""
    return [_parsed(row) for row in fetch_all(db, f"{_CURRENT} WHERE removed = 0 ORDER BY lower(revision.name)")]


def find_view(db: Database, view_id: int) -> dict[str, Any] | None:
    """A view that was not removed, or None."""
    row = fetch_one(db, f"{_CURRENT} WHERE removed = 0 AND saved_views.id = ?", (view_id,))
    return _parsed(row) if row else None


def find_view_of_request(db: Database, request_id: str) -> int | None:
    """The view that a request made, or None."""
    value = fetch_value(db, "SELECT id FROM saved_views WHERE request_id = ?", (request_id,))
    return None if value is None else int(value)


def add_view(db: Database, *, request_id: str, actor_id: int, at: str) -> int:
    """Write a view without a revision yet, and return its id."""
    return insert_row(db, "saved_views", {"request_id": request_id, "actor_id": actor_id, "at": at})


def add_view_revision(db: Database, **values: Any) -> None:
    """Write a revision of a view."""
    insert_row(db, "saved_view_revisions", {**values, "filter": json.dumps(values["filter"])})


def _parsed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "filter": json.loads(row["filter"])}
