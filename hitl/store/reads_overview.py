"""Counts and the latest happenings of a project, for screens."""

from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one

_LABEL_KINDS = "('label', 'adjudicate', 'cannot_tell', 'undo')"

NEWS = """
    surplus = 0
    AND NOT EXISTS (SELECT 1 FROM events AS target WHERE target.id = events.target_id AND target.kind = 'skip')
    AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = events.group_id)
    """
"""What a model could learn from, among label events and class revisions."""

NEWS_KINDS = f"(kind IN {_LABEL_KINDS} OR kind = 'class')"


def count_states(db: Database) -> dict[str, int]:
    """Visible items: all, answered by the model now, by people, by imported labels, and those nobody can tell."""
    row = fetch_one(
        db,
        """
        SELECT count(*) AS items,
            coalesce(sum(release_id IS NOT NULL), 0) AS accepted,
            coalesce(sum(resolved_class_id IS NOT NULL AND review_count > 0), 0) AS by_people,
            coalesce(sum(resolved_class_id IS NOT NULL AND review_count = 0), 0) AS imported,
            coalesce(sum(cannot_tell), 0) AS cannot_tell
        FROM item_state
        """,
    )
    return dict(row or {})


def count_queue(db: Database) -> dict[str, int]:
    """Groups that wait in the queue, and those among them that were drawn to measure the model."""
    row = fetch_one(db, "SELECT count(*) AS waiting, coalesce(sum(route = 'audit'), 0) AS drawn FROM queue")
    return dict(row or {})


def count_labels(db: Database) -> list[dict[str, int]]:
    """Resolved groups by class: ``people_count`` and ``imported_count`` to learn from, ``test_count`` kept aside."""
    return fetch_all(
        db,
        """
        SELECT resolved_class_id AS class_id, sum(test_groups.group_id IS NULL AND review_count > 0) AS people_count,
            sum(test_groups.group_id IS NULL AND review_count = 0) AS imported_count,
            count(test_groups.group_id) AS test_count
        FROM (SELECT DISTINCT group_id, resolved_class_id, review_count FROM item_state) AS state
        LEFT JOIN test_groups ON test_groups.group_id = state.group_id
        WHERE resolved_class_id IS NOT NULL GROUP BY resolved_class_id
        """,
    )


def count_test_labels(db: Database) -> list[dict[str, Any]]:
    """Test groups by ``source`` (``import`` or ``draw``): all of them, and those with a label."""
    return fetch_all(
        db,
        """
        SELECT source, count(*) AS groups, sum(EXISTS(
            SELECT 1 FROM item_state WHERE item_state.group_id = test_groups.group_id
              AND resolved_class_id IS NOT NULL)) AS labelled
        FROM test_groups GROUP BY source
        """,
    )


def count_events_since(db: Database, watermark: int) -> dict[str, int]:
    """What was said after a watermark that a model could learn from: decisions and imported labels, class revisions.

    A skip says nothing about the label, and so neither does bringing a skipped item back, though that is an undo.
    """
    row = fetch_one(
        db,
        f"""
        SELECT coalesce(sum(kind IN {_LABEL_KINDS}), 0) AS labels, coalesce(sum(kind = 'class'), 0) AS classes
        FROM events
        WHERE id > ? AND {NEWS}
        """,
        (watermark,),
    )
    return dict(row or {})


def count_decisions_by_quarter_hour(db: Database, *, since: str) -> list[dict[str, Any]]:
    """Decisions by people from a moment on: ``begin`` of a quarter of an hour in UTC, ``count``; none that are 0.

    Every time zone's day begins with a quarter of an hour, so days of any zone are sums of these.
    """
    return fetch_all(
        db,
        """
        SELECT printf('%s:%02d:00.000000Z', substr(min(at), 1, 13), substr(min(at), 15, 2) / 15 * 15) AS begin,
               count(*) AS count
        FROM events
        WHERE source <> 'import' AND kind IN ('label', 'cannot_tell', 'adjudicate') AND at >= ?
        GROUP BY substr(at, 1, 13), substr(at, 15, 2) / 15 ORDER BY begin
        """,
        (since,),
    )


def list_recent_events(db: Database, *, count: int) -> list[dict[str, Any]]:
    """The latest decisions of people with the item and class they name, newest first."""
    return fetch_all(
        db,
        """
        SELECT events.at, events.kind, events.actor_id, events.class_id, items.external_id
        FROM events LEFT JOIN items ON items.id = events.item_id
        WHERE events.source <> 'import' AND events.kind <> 'class'
        ORDER BY events.id DESC LIMIT ?
        """,
        (count,),
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
    return {row["id"]: row["name"] for row in fetch_all(tandem, "SELECT id, name FROM people")}
