"""Counts and the latest happenings of a project, for screens."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.store.columns import EventFlag, read_events
from hitl.store.connection import fetch_all
from hitl.store.people import erased_name

_QUARTER = 900


def count_decisions_by_quarter_hour(db: Database, *, since: datetime) -> list[tuple[datetime, int]]:
    """Decisions by people from a moment on: the begin of a quarter of an hour in UTC, and how many; none that are 0.

    Every time zone's day begins with a quarter of an hour, so days of any zone are sums of these.
    """
    events = read_events(db)
    seconds = events.second[events.has(EventFlag.DECISION) & (events.second >= since.timestamp())]
    quarters, counts = np.unique(seconds // _QUARTER, return_counts=True)
    pairs = zip(quarters.tolist(), counts.tolist(), strict=True)
    return [(datetime.fromtimestamp(quarter * _QUARTER, UTC), count) for quarter, count in pairs]


def list_recent_events(db: Database, *, count: int) -> list[dict[str, Any]]:
    """The latest decisions of people with the item and class they name, newest first."""
    events = read_events(db)
    latest = events.event_id[events.has(EventFlag.BY_PERSON)][-count:].tolist()
    return fetch_all(
        db,
        """
        SELECT events.at, events.kind, events.actor_id, events.class_id, items.external_id
        FROM events LEFT JOIN items ON items.id = events.item_id
        WHERE events.id IN (SELECT value FROM json_each(?)) ORDER BY events.id DESC
        """,
        (json.dumps(latest),),
    )


def list_recent_changes(db: Database, *, count: int) -> list[dict[str, Any]]:
    """The latest imports, versions, promotions and policies, newest first: ``at, kind, actor_id, detail, note``."""
    return fetch_all(
        db,
        """
        SELECT * FROM (
            SELECT import_ends.at, 'import' AS kind, actor_id, file_name AS detail, outcome AS note
            FROM import_ends JOIN imports ON imports.id = import_ends.import_id
            UNION ALL SELECT at, 'version', actor_id, name, kind FROM versions
            UNION ALL SELECT promotions.at, promotions.kind, promotions.actor_id, versions.name, promotions.reason
            FROM promotions JOIN versions ON versions.id = promotions.version_id
            UNION ALL SELECT at, 'policy', actor_id, CAST(threshold AS TEXT), reason FROM policies)
        ORDER BY at DESC LIMIT ?
        """,
        (count,),
    )


def read_names(tandem: Database) -> dict[int, str]:
    """The names of all actors by id, from tandem.db."""
    rows = fetch_all(tandem, "SELECT id, name, erased_at FROM people")
    return {row["id"]: erased_name(row["name"]) if row["erased_at"] else row["name"] for row in rows}
