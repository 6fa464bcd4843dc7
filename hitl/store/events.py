"""The one sequence of label events."""

import json
from collections.abc import Collection
from typing import Any

from sqlite_utils import Database

from hitl.domain.records import Event, EventKind, Source
from hitl.domain.resolution import Resolution, resolve
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row

_COLUMNS = (
    "kind",
    "source",
    "actor_id",
    "group_id",
    "item_id",
    "class_id",
    "request_id",
    "target_id",
    "import_id",
    "shown_version_id",
    "shown_class_id",
    "shown_confidence",
    "blind",
    "surplus",
    "comment",
    "at",
)


WITH_RECORD = """
    SELECT events.*, CASE WHEN source = 'import' THEN (
        SELECT external_id FROM items WHERE items.id = events.item_id) END AS record FROM events
    """
"""Events; those of imported labels with the record that they are about."""


def add_event(db: Database, **values: Any) -> int:
    """Write one event; unnamed columns are empty. Returns its id."""
    row = {name: values.get(name) for name in _COLUMNS}
    row.update(blind=int(bool(row["blind"])), surplus=int(bool(row["surplus"])), comment=row["comment"] or "")
    return insert_row(db, "events", row)


def find_event(db: Database, request_id: str) -> Event | None:
    """The event that a request wrote, if it did."""
    row = fetch_one(db, "SELECT * FROM events WHERE request_id = ?", (request_id,))
    return event_record(row) if row else None


def group_events(db: Database, group_id: int) -> list[Event]:
    """All events of a group in order."""
    rows = fetch_all(db, f"{WITH_RECORD} WHERE group_id = ? ORDER BY id", (group_id,))
    return [event_record(row) for row in rows]


def resolve_groups(db: Database, group_ids: Collection[int]) -> dict[int, Resolution]:
    """The present resolution of each of some groups."""
    rows = fetch_all(
        db,
        f"{WITH_RECORD} WHERE group_id IN (SELECT value FROM json_each(?))"
        " AND coalesce(import_id, 0) NOT IN (SELECT import_id FROM import_withdrawals) ORDER BY id",
        (json.dumps(list(group_ids)),),
    )
    said: dict[int, list[Event]] = {group_id: [] for group_id in group_ids}
    for row in rows:
        said[row["group_id"]].append(event_record(row))
    return {group_id: resolve(events) for group_id, events in said.items()}


def find_event_of_label(db: Database, group_id: int) -> Event | None:
    """The event that settled the label of a group, as it stands; None where it is open."""
    settled = resolve_groups(db, [group_id])[group_id].event_id
    row = fetch_one(db, "SELECT * FROM events WHERE id = ?", (settled,))
    return event_record(row) if row else None


def reviewed_among(db: Database, group_ids: Collection[int]) -> list[int]:
    """Those of the groups that people have looked at, by id."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT group_id FROM json_each(?) AS wanted CROSS JOIN events ON events.group_id = wanted.value"
        " WHERE events.source <> 'import' ORDER BY group_id",
        (json.dumps(list(group_ids)),),
    )
    return [row["group_id"] for row in rows]


def latest_event_id(db: Database) -> int:
    """The end of the sequence; 0 when it is empty."""
    return int(fetch_value(db, "SELECT coalesce(max(id), 0) FROM events"))


def withdrawn_import_ids(db: Database) -> list[int]:
    """The imports that are withdrawn, ascending."""
    return [row["import_id"] for row in fetch_all(db, "SELECT import_id FROM import_withdrawals ORDER BY import_id")]


def resolved_at(db: Database, watermark: int, *, withdrawn: Collection[int]) -> list[tuple[int, int]]:
    """(group_id, class_id) of every group resolved by the events up to a watermark, by group id.

    Labels of the ``withdrawn`` imports are left out.
    """
    imported = fetch_all(
        db,
        """
        SELECT group_id, min(class_id) AS class_id, max(class_id) AS other_id FROM events
        WHERE group_id IS NOT NULL AND id <= :watermark
          AND coalesce(import_id, 0) NOT IN (SELECT value FROM json_each(:withdrawn))
        GROUP BY group_id
        HAVING sum(source <> 'import') = 0
        """,
        {"watermark": watermark, "withdrawn": json.dumps(sorted(withdrawn))},
    )
    labels = {row["group_id"]: row["class_id"] for row in imported if row["class_id"] == row["other_id"]}
    disputed = [row["group_id"] for row in imported if row["class_id"] != row["other_id"]]
    said = _events_of(db, disputed, watermark, withdrawn) | _reviewed_groups(db, watermark, withdrawn)
    for group_id, events in said.items():
        class_id = resolve(events).class_id
        if class_id is not None:
            labels[group_id] = class_id
    return sorted(labels.items())


def resolved_groups_at(
    db: Database, group_ids: Collection[int], watermark: int, *, withdrawn: Collection[int]
) -> dict[int, Resolution]:
    """The resolution of some groups by what was said up to a watermark; none of those nothing was said about.

    Labels of the ``withdrawn`` imports are left out.
    """
    said = _events_of(db, group_ids, watermark, withdrawn) if group_ids else {}
    return {group_id: resolve(events) for group_id, events in said.items()}


def reviewed_resolutions(db: Database) -> dict[int, Resolution]:
    """The present resolution of every group that a person has looked at."""
    groups = _reviewed_groups(db, latest_event_id(db), withdrawn_import_ids(db))
    return {group_id: resolve(events) for group_id, events in groups.items()}


_STANDING_SKIPS = """
    FROM events INDEXED BY events_skips CROSS JOIN queue USING (group_id)
    WHERE events.actor_id = ? AND events.kind = 'skip'
      AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = events.id)
    """
"""CROSS JOIN keeps SQLite from walking the queue: skips are few, and have an index of their own."""


def standing_skips(db: Database, actor_id: int) -> list[Event]:
    """The actor's skips that are not undone, on groups that still wait in the queue."""
    rows = fetch_all(db, f"SELECT events.* {_STANDING_SKIPS} ORDER BY events.id", (actor_id,))
    return [event_record(row) for row in rows]


def count_standing_skips(db: Database, actor_id: int) -> int:
    """How many ``standing_skips`` there are."""
    return int(fetch_value(db, f"SELECT count(*) {_STANDING_SKIPS}", (actor_id,)))


def event_record(row: dict[str, Any]) -> Event:
    """A row of ``events`` as a record."""
    return Event(
        id=row["id"],
        kind=EventKind(row["kind"]),
        source=Source(row["source"]),
        actor_id=row["actor_id"],
        group_id=row["group_id"],
        item_id=row["item_id"],
        class_id=row["class_id"],
        request_id=row["request_id"],
        target_id=row["target_id"],
        shown_version_id=row["shown_version_id"],
        shown_class_id=row["shown_class_id"],
        shown_confidence=row["shown_confidence"],
        blind=bool(row["blind"]),
        surplus=bool(row["surplus"]),
        comment=row["comment"],
        at=row["at"],
        record=row.get("record"),
    )


def _reviewed_groups(db: Database, watermark: int, withdrawn: Collection[int]) -> dict[int, list[Event]]:
    reviewed = fetch_all(
        db,
        "SELECT DISTINCT group_id FROM events WHERE source <> 'import' AND group_id IS NOT NULL AND id <= ?",
        (watermark,),
    )
    return _events_of(db, [row["group_id"] for row in reviewed], watermark, withdrawn)


def _events_of(
    db: Database, group_ids: Collection[int], watermark: int, withdrawn: Collection[int]
) -> dict[int, list[Event]]:
    """The events of some groups up to a watermark, without those of the withdrawn imports."""
    rows = fetch_all(
        db,
        f"""
        {WITH_RECORD}
        WHERE id <= :watermark AND coalesce(import_id, 0) NOT IN (SELECT value FROM json_each(:withdrawn))
          AND group_id IN (SELECT value FROM json_each(:group_ids))
        ORDER BY id
        """,
        {
            "watermark": watermark,
            "withdrawn": json.dumps(sorted(withdrawn)),
            "group_ids": json.dumps(list(group_ids)),
        },
    )
    groups: dict[int, list[Event]] = {}
    for row in rows:
        groups.setdefault(row["group_id"], []).append(event_record(row))
    return groups
