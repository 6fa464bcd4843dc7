"""Which visible items fit a filter."""

import json
from typing import Any

from sqlite_utils import Database

from hitl.domain.explore_filter import ExploreFilter
from hitl.store.connection import fetch_all
from hitl.store.versions import champion_before, champion_id

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
    "slices": """NOT EXISTS (
        SELECT 1 FROM json_each(:slices) AS wanted WHERE NOT EXISTS (
            SELECT 1 FROM json_each(items.fields) AS field
            WHERE field.key = json_extract(wanted.value, '$[0]') AND field.value = json_extract(wanted.value, '$[1]')))
        """,
    "changed": "other.class_id <> prediction.class_id",
}


def select_item_ids(db: Database, chosen: ExploreFilter) -> list[int]:
    """The ids of all visible items that fit a filter, in order."""
    champion = champion_id(db)
    shown = chosen.version_id or champion
    other = champion if chosen.version_id else champion_before(db)
    conditions = {**chosen.to_json(), "slices": json.dumps(chosen.slices)}
    where = " AND ".join(_CONDITIONS[name] for name in conditions if name in _CONDITIONS)
    values: dict[str, Any] = {**conditions, "shown": shown, "other": other}
    rows = fetch_all(
        db,
        f"""
        SELECT state.item_id FROM item_state AS state JOIN items ON items.id = state.item_id
        LEFT JOIN predictions AS prediction ON prediction.item_id = state.item_id AND prediction.version_id = :shown
        LEFT JOIN predictions AS other ON other.item_id = state.item_id AND other.version_id = :other
        LEFT JOIN queue ON queue.group_id = state.group_id AND queue.route = 'audit'
        WHERE {where} ORDER BY state.item_id
        """,
        values,
    )
    return [row["item_id"] for row in rows]
