"""Items by confidence, route and label: counts for charts, pages of a list, one item with its history."""

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value
from hitl.store.derived import CHAMPION, RETIRED_CLASSES

_FROM = f"""
    FROM item_state AS state
    LEFT JOIN items ON items.id = state.item_id
    LEFT JOIN predictions AS prediction
        ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
    LEFT JOIN queue ON queue.group_id = state.group_id AND queue.route = 'audit'
    """  # LEFT, though every state has its item: SQLite leaves out a left join that nothing asks of
_RESOLVED = "(state.resolved_class_id IS NOT NULL OR state.cannot_tell = 1)"
_ACCEPT_SCORE = f"CASE WHEN prediction.class_id IN {RETIRED_CLASSES} THEN 0 ELSE prediction.accept_score END"
_ROUTE = "CASE WHEN queue.group_id IS NOT NULL THEN 'audit' ELSE state.route END"

_CONDITIONS = {
    "low": "prediction.confidence >= :low",
    "high": "prediction.confidence <= :high",
    "class_id": "coalesce(state.resolved_class_id, prediction.class_id) = :class_id",
    "route": f"{_ROUTE} = :route",
    "reviewed": "(state.review_count > 0) = :reviewed",
    "disagrees": "state.resolved_class_id IS NOT NULL AND prediction.class_id <> state.resolved_class_id",
    "text": """(instr(lower(items.external_id), lower(:text)) > 0 OR EXISTS (
        SELECT 1 FROM json_each(items.fields) WHERE instr(lower(json_each.value), lower(:text)) > 0))""",
}

_ORDERS = {
    "least_sure": "prediction.confidence IS NULL, prediction.confidence, state.item_id",
    "most_sure": "prediction.confidence DESC, state.item_id",
    "novel": "prediction.novelty DESC, state.item_id",
    "oldest": "state.item_id",
    "newest": "state.item_id DESC",
}


def count_confidences(db: Database, *, bin_count: int) -> list[dict[str, Any]]:
    """Items with a prediction by confidence bin (0 … bin_count − 1) and by route, or ``resolved``."""
    return fetch_all(
        db,
        f"""
        SELECT min(CAST(prediction.confidence * :bins AS INTEGER), :bins - 1) AS bin,
            CASE WHEN {_RESOLVED} THEN 'resolved' ELSE {_ROUTE} END AS series, count(*) AS count
        FROM item_state AS state
        JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        LEFT JOIN queue ON queue.group_id = state.group_id AND queue.route = 'audit'
        GROUP BY bin, series
        """,
        {"bins": bin_count},
    )


def count_items(db: Database, filters: Mapping[str, object]) -> int:
    """How many visible items fit the filters."""
    fitting = f"SELECT state.item_id {_FROM} WHERE {_where(filters)} LIMIT -1"  # without a limit no join is left out
    return int(fetch_value(db, f"SELECT count(*) FROM ({fitting})", dict(filters)) or 0)


def list_items(
    db: Database, filters: Mapping[str, object], *, order: str, limit: int, offset: int
) -> list[dict[str, Any]]:
    """One page of the visible items that fit the filters.

    The page is chosen by ids alone: fields are long, and only those of its few items are read.
    """
    chosen = (
        f"SELECT state.item_id {_FROM} WHERE {_where(filters)} ORDER BY {_ORDERS[order]} LIMIT :limit OFFSET :offset"
    )
    return fetch_all(
        db,
        f"""
        SELECT state.item_id, items.external_id, items.fields, prediction.class_id AS predicted_id,
            prediction.confidence, state.resolved_class_id AS label_id, state.review_count, state.cannot_tell,
            {_ROUTE} AS route, state.release_id IS NOT NULL AS is_released
        {_FROM} WHERE state.item_id IN ({chosen}) ORDER BY {_ORDERS[order]}
        """,
        {**filters, "limit": limit, "offset": offset},
    )


def find_item(db: Database, external_id: str) -> dict[str, Any] | None:
    """A visible item by its external id: fields, state, the champion's prediction with the version's name."""
    return fetch_one(
        db,
        f"""
        SELECT items.id AS item_id, items.external_id, items.revision, items.fields, items.group_id,
            state.resolved_class_id AS label_id, state.review_count, state.cannot_tell, state.route,
            queue.group_id IS NOT NULL AS is_drawn, state.release_id IS NOT NULL AS is_released,
            prediction.version_id, prediction.class_id AS predicted_id, prediction.confidence,
            prediction.runner_up_id, prediction.runner_up_confidence, prediction.novelty, prediction.accept_score,
            versions.name AS version_name, imports.file_name, items.row_number,
            (SELECT count(*) FROM item_state WHERE item_state.group_id = items.group_id) AS identical_count
        {_FROM}
        JOIN imports ON imports.id = items.import_id
        LEFT JOIN versions ON versions.id = prediction.version_id
        WHERE items.external_id = ?
        """,
        (external_id,),
    )


def count_disagreements(db: Database) -> int:
    """Visible items whose label differs from the champion's answer."""
    return count_items(db, {"disagrees": True})


def list_releases(db: Database, item_id: int) -> list[dict[str, Any]]:
    """Answers the model gave for an item, newest first, with what ended them."""
    return fetch_all(
        db,
        """
        SELECT releases.class_id, releases.accept_score, releases.at, versions.name AS version_name,
            policies.threshold, release_ends.reason AS end_reason, release_ends.at AS ended_at
        FROM releases
        JOIN versions ON versions.id = releases.version_id
        JOIN policies ON policies.id = releases.policy_id
        LEFT JOIN release_ends ON release_ends.release_id = releases.id
        WHERE releases.item_id = ? ORDER BY releases.id DESC
        """,
        (item_id,),
    )


def count_by_score(db: Database) -> list[dict[str, Any]]:
    """Unanswered items with a prediction by accept score in hundredths: ``step``, ``count``."""
    return fetch_all(
        db,
        f"""
        SELECT CAST(round({_ACCEPT_SCORE} * 10000) / 100 AS INTEGER) AS step, count(*) AS count
        FROM item_state AS state JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE NOT {_RESOLVED} GROUP BY step
        """,
    )


def count_accepted(db: Database, *, threshold: float) -> dict[str, int]:
    """Unanswered items with a prediction: all, and those whose accept score reaches a threshold."""
    row = fetch_one(
        db,
        f"""
        SELECT count(*) AS items, coalesce(sum({_ACCEPT_SCORE} >= ?), 0) AS accepted
        FROM item_state AS state JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE NOT {_RESOLVED}
        """,
        (threshold,),
    )
    return dict(row or {})


def _where(filters: Mapping[str, object]) -> str:
    return " AND ".join(_CONDITIONS[name] for name in filters) or "1"
