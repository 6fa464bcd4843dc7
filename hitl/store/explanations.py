"""Why the version in use answers as it does: what the worker has computed ahead, what is missing, what was asked for.

A row counts as long as its version predicts and the same fields are hidden as when it was made.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value, write_transaction
from hitl.store.derived import CHAMPION
from hitl.store.field_covers import newest_cover_id

_COUNTS = f"explanations.version_id = {CHAMPION} AND explanations.cover_id = :cover_id"
_MISSING = f"""
    NOT EXISTS (SELECT 1 FROM explanations WHERE explanations.item_id = wanted.item_id AND {_COUNTS})
    """
_IS_BLIND = "EXISTS (SELECT 1 FROM queue WHERE queue.group_id = state.group_id AND queue.route = 'audit')"


def find_explanations(db: Database, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Item id → what weighed and which decided items are like it, with ``version_id``; none for blind reviews."""
    rows = fetch_all(
        db,
        f"""
        SELECT explanations.item_id, explanations.version_id, explanations.body
        FROM json_each(:item_ids) AS wanted CROSS JOIN explanations ON explanations.item_id = wanted.value
        JOIN item_state AS state ON state.item_id = explanations.item_id
        WHERE {_COUNTS} AND NOT {_IS_BLIND}
        """,
        {"item_ids": json.dumps(list(item_ids)), "cover_id": newest_cover_id(db)},
    )
    return {row["item_id"]: {**json.loads(row["body"]), "version_id": row["version_id"]} for row in rows}


def unexplained_head(db: Database, *, places: int) -> list[tuple[int, int]]:
    """(place, item id) of those among the first places of the queue that are not explained; blind ones need none."""
    rows = fetch_all(
        db,
        f"""
        SELECT wanted.place, wanted.item_id FROM (
            SELECT row_number() OVER (ORDER BY priority, group_id) AS place, item_id, group_id, route
            FROM (SELECT * FROM queue ORDER BY priority, group_id LIMIT :places)) AS wanted
        JOIN predictions ON predictions.version_id = {CHAMPION} AND predictions.item_id = wanted.item_id
        WHERE wanted.route <> 'audit' AND {_MISSING} ORDER BY wanted.place
        """,
        {"places": places, "cover_id": newest_cover_id(db)},
    )
    return [(row["place"], row["item_id"]) for row in rows]


def unexplained_wishes(db: Database) -> list[int]:
    """The items that somebody asks about and that are not explained, in the order of asking."""
    rows = fetch_all(
        db,
        f"""
        SELECT wanted.item_id FROM explanation_wishes AS wanted
        JOIN item_state AS state ON state.item_id = wanted.item_id
        JOIN predictions ON predictions.version_id = {CHAMPION} AND predictions.item_id = wanted.item_id
        WHERE {_MISSING} AND NOT {_IS_BLIND} ORDER BY wanted.at, wanted.item_id
        """,
        {"cover_id": newest_cover_id(db)},
    )
    return [row["item_id"] for row in rows]


def items_to_explain(db: Database, item_ids: Sequence[int]) -> list[dict[str, Any]]:
    """``id, group_id, fields`` (decoded), ``class_id, runner_up_id`` by the version in use, of visible items."""
    rows = fetch_all(
        db,
        f"""
        SELECT items.id, items.group_id, items.fields, predictions.class_id, predictions.runner_up_id
        FROM json_each(?) AS wanted CROSS JOIN item_state AS state ON state.item_id = wanted.value
        JOIN items ON items.id = state.item_id
        JOIN predictions ON predictions.version_id = {CHAMPION} AND predictions.item_id = items.id
        ORDER BY wanted.key
        """,
        (json.dumps(list(item_ids)),),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def latest_resolved(db: Database, *, event_count: int) -> list[dict[str, Any]]:
    """``id, group_id, fields`` (decoded) of an item of each group that the latest label events resolved.

    Left out are groups that wait for a new decision and those kept for testing.
    """
    rows = fetch_all(
        db,
        """
        SELECT items.id, items.group_id, items.fields FROM (
            SELECT DISTINCT group_id FROM (
                SELECT group_id, kind FROM events ORDER BY id DESC LIMIT :event_count)
            WHERE kind IN ('label', 'adjudicate')) AS recent
        JOIN items ON items.id = (
            SELECT min(item_id) FROM item_state AS state
            WHERE state.group_id = recent.group_id AND state.resolved_class_id IS NOT NULL)
        WHERE recent.group_id NOT IN (SELECT group_id FROM test_groups)
            AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.group_id = recent.group_id)
        ORDER BY items.id
        """,
        {"event_count": event_count},
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def find_precedents(db: Database, item_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Item id → ``external_id, fields`` (decoded), ``class_id, review_count`` of those that are decided as of now."""
    rows = fetch_all(
        db,
        """
        SELECT items.id, items.external_id, items.fields, state.resolved_class_id AS class_id, state.review_count
        FROM json_each(?) AS wanted CROSS JOIN item_state AS state ON state.item_id = wanted.value
        JOIN items ON items.id = state.item_id
        WHERE state.resolved_class_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.group_id = state.group_id)
        """,
        (json.dumps(list(item_ids)),),
    )
    return {row["id"]: {**row, "fields": json.loads(row["fields"])} for row in rows}


def add_explanations(
    db: Database, bodies: Mapping[int, Mapping[str, object]], *, version_id: int, cover_id: int, at: str
) -> int:
    """Write what was computed, in place of what was there; how many. Of items that are gone meanwhile nothing.

    Writes: explanations, explanation_wishes.
    """
    with write_transaction(db):
        before = db.conn.total_changes
        db.conn.executemany(
            "INSERT INTO explanations(item_id, version_id, cover_id, body, at)"
            " SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM item_state WHERE item_id = ?1)"
            " ON CONFLICT(item_id) DO UPDATE SET version_id = excluded.version_id, cover_id = excluded.cover_id,"
            " body = excluded.body, at = excluded.at",
            [(item_id, version_id, cover_id, json.dumps(body), at) for item_id, body in bodies.items()],
        )
        written = db.conn.total_changes - before
        db.conn.executemany("DELETE FROM explanation_wishes WHERE item_id = ?", [(item_id,) for item_id in bodies])
    return written


def drop_outdated(db: Database, *, count: int) -> int:
    """Remove rows that count no more, at most ``count``; how many. Writes: explanations."""
    cover_id = newest_cover_id(db)
    outdated = f"""
        SELECT explanations.item_id FROM explanations
        WHERE NOT ({_COUNTS}) OR NOT EXISTS (SELECT 1 FROM item_state WHERE item_id = explanations.item_id)
        LIMIT :count
        """
    values = {"count": count, "cover_id": cover_id}
    if fetch_value(db, f"SELECT EXISTS ({outdated})", values) == 0:
        return 0
    with write_transaction(db):
        return db.conn.execute(f"DELETE FROM explanations WHERE item_id IN ({outdated})", values).rowcount


def add_wish(db: Database, item_id: int, *, at: str) -> None:
    """Note that somebody asks why. Writes: explanation_wishes."""
    db.execute("INSERT INTO explanation_wishes(item_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING", (item_id, at))


def is_wished(db: Database, item_id: int) -> bool:
    """Whether somebody asks about an item and has no answer yet."""
    return bool(fetch_value(db, "SELECT EXISTS (SELECT 1 FROM explanation_wishes WHERE item_id = ?)", (item_id,)))


def forget_explanations(db: Database, item_ids: Sequence[int]) -> None:
    """Remove what was computed of some items. Writes: explanations, explanation_wishes."""
    listed = (json.dumps(list(item_ids)),)
    db.execute("DELETE FROM explanations WHERE item_id IN (SELECT value FROM json_each(?))", listed)
    db.execute("DELETE FROM explanation_wishes WHERE item_id IN (SELECT value FROM json_each(?))", listed)
