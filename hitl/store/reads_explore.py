"""A few items with what is known of them, by id: rows of a list, one item with its history."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one
from hitl.store.derived import CHAMPION

_ROUTE = "CASE WHEN queue.route IN ('audit', 'second_look') THEN queue.route ELSE state.route END"


def list_rows(db: Database, item_ids: Sequence[int], *, version_id: int | None) -> list[dict[str, Any]]:
    """Visible items with a version's predictions, in the given order."""
    return fetch_all(
        db,
        f"""
        SELECT state.item_id, items.external_id, items.fields, prediction.class_id AS predicted_id,
            prediction.confidence, state.resolved_class_id AS label_id, state.review_count, state.cannot_tell,
            {_ROUTE} AS route, state.release_id IS NOT NULL AS is_released
        FROM json_each(:item_ids) AS wanted CROSS JOIN item_state AS state ON state.item_id = wanted.value
        JOIN items ON items.id = state.item_id
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = :version_id
        LEFT JOIN queue ON queue.group_id = state.group_id
        ORDER BY wanted.key
        """,
        {"item_ids": json.dumps(list(item_ids)), "version_id": version_id},
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
        FROM items JOIN item_state AS state ON state.item_id = items.id
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        LEFT JOIN queue ON queue.group_id = state.group_id AND queue.route = 'audit'
        JOIN imports ON imports.id = items.import_id
        LEFT JOIN versions ON versions.id = prediction.version_id
        WHERE items.external_id = ?
        """,
        (external_id,),
    )


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
