"""What happened to the labels between two watermarks of the event sequence, as far as it is little enough to tell."""

from typing import Any

from sqlite_utils import Database

from hitl.domain.records import Event
from hitl.store.connection import fetch_all
from hitl.store.events import WITH_RECORD, event_record


def events_of_changed_groups(db: Database, *, after: int, until: int, most: int) -> dict[int, list[Event]] | None:
    """All events up to ``until`` of the groups that something was said about after ``after``; None for too many.

    Groups kept for testing are left out: no snapshot holds them.
    """
    touched = fetch_all(
        db,
        """
        SELECT group_id FROM events
        WHERE id > ? AND id <= ? AND group_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = events.group_id)
        LIMIT ?
        """,
        (after, until, most + 1),
    )
    if len(touched) > most:
        return None
    groups: dict[int, list[Event]] = {row["group_id"]: [] for row in touched}
    for group_id in groups:
        rows = fetch_all(db, f"{WITH_RECORD} WHERE group_id = ? AND id <= ? ORDER BY id", (group_id, until))
        groups[group_id] = [event_record(row) for row in rows]
    return groups


def changed_classes(db: Database, *, after: int, until: int) -> list[dict[str, Any]]:
    """Classes revised between two watermarks, as they were at the end: ``name, retired``, and whether ``new``."""
    return fetch_all(
        db,
        """
        SELECT revision.name, revision.retired, NOT EXISTS (
            SELECT 1 FROM class_revisions AS earlier
            WHERE earlier.class_id = revision.class_id AND earlier.event_id <= :after) AS new
        FROM class_revisions AS revision
        WHERE revision.event_id = (
            SELECT max(event_id) FROM class_revisions
            WHERE class_id = revision.class_id AND event_id > :after AND event_id <= :until)
        ORDER BY revision.position, revision.class_id
        """,
        {"after": after, "until": until},
    )
