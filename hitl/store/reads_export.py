"""What leaves the project: labels, predictions, decisions and items, in pages of one unchanging view.

Columns are named here as they are named in the exported file; ``cursor`` is where the next page begins.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all

PAGE_ROWS = 5_000

_CLASS_NAMES = """
    SELECT classes.id, classes.key, revision.name FROM classes JOIN class_revisions AS revision ON revision.event_id = (
        SELECT max(event_id) FROM class_revisions WHERE class_id = classes.id)
    """
_SETTLING_EVENT = """
    SELECT event.id FROM events AS event
    WHERE event.group_id = state.group_id AND event.kind IN ('label', 'adjudicate', 'cannot_tell') AND event.surplus = 0
      AND event.class_id IS state.resolved_class_id
      AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = event.id)
    ORDER BY event.kind = 'adjudicate' DESC, event.source <> 'import' DESC, event.id DESC LIMIT 1
    """
_LABELS = f"""
    WITH named AS ({_CLASS_NAMES})
    SELECT state.item_id AS cursor, items.external_id AS id, named.name AS label, named.key AS label_key,
        event.source, event.actor_id AS decided_by, event.at AS decided_at, event.comment,
        state.review_count, state.cannot_tell
    FROM item_state AS state JOIN items ON items.id = state.item_id
    LEFT JOIN named ON named.id = state.resolved_class_id
    LEFT JOIN events AS event ON event.id = ({_SETTLING_EVENT})
    WHERE state.item_id > :after AND (state.resolved_class_id IS NOT NULL OR state.cannot_tell = 1)
    ORDER BY state.item_id LIMIT :limit
    """
_PREDICTIONS = f"""
    WITH named AS ({_CLASS_NAMES})
    SELECT state.item_id AS cursor, items.external_id AS id, versions.name AS model_version,
        predicted.name AS predicted_label, prediction.confidence,
        runner_up.name AS runner_up, prediction.runner_up_confidence, prediction.novelty,
        prediction.accept_score, state.route,
        releases.at AS auto_accepted_at, releasing.name AS auto_accepted_by
    FROM item_state AS state JOIN items ON items.id = state.item_id
    JOIN predictions AS prediction ON prediction.item_id = state.item_id AND prediction.version_id = :version_id
    JOIN versions ON versions.id = prediction.version_id
    LEFT JOIN named AS predicted ON predicted.id = prediction.class_id
    LEFT JOIN named AS runner_up ON runner_up.id = prediction.runner_up_id
    LEFT JOIN releases ON releases.id = state.release_id
    LEFT JOIN versions AS releasing ON releasing.id = releases.version_id
    WHERE state.item_id > :after ORDER BY state.item_id LIMIT :limit
    """
_DECISIONS = f"""
    WITH named AS ({_CLASS_NAMES})
    SELECT events.id AS cursor, events.id AS decision, items.external_id AS id, events.kind, given.name AS label,
        events.actor_id AS decided_by, events.at AS decided_at, events.comment, events.target_id AS undoes_decision,
        versions.name AS shown_model_version, shown.name AS shown_label, events.shown_confidence,
        events.blind, events.surplus
    FROM events LEFT JOIN items ON items.id = events.item_id
    LEFT JOIN named AS given ON given.id = events.class_id
    LEFT JOIN named AS shown ON shown.id = events.shown_class_id
    LEFT JOIN versions ON versions.id = events.shown_version_id
    WHERE events.id > :after AND events.source <> 'import' AND events.kind <> 'class'
    ORDER BY events.id LIMIT :limit
    """
_ITEMS = f"""
    WITH named AS ({_CLASS_NAMES})
    SELECT state.item_id AS cursor, items.external_id AS id, items.revision, named.name AS label, state.route,
        predicted.name AS predicted_label, prediction.confidence, versions.name AS model_version,
        imports.file_name AS file, items.row_number AS row, items.fields
    FROM item_state AS state JOIN items ON items.id = state.item_id JOIN imports ON imports.id = items.import_id
    LEFT JOIN named ON named.id = state.resolved_class_id
    LEFT JOIN predictions AS prediction
        ON prediction.item_id = state.item_id AND prediction.version_id = :version_id
    LEFT JOIN named AS predicted ON predicted.id = prediction.class_id
    LEFT JOIN versions ON versions.id = prediction.version_id
    WHERE state.item_id > :after ORDER BY state.item_id LIMIT :limit
    """


@contextmanager
def unchanging_view(db: Database) -> Iterator[None]:
    """A stretch in which every read sees the same state, whatever others write meanwhile."""
    db.conn.execute("BEGIN")
    try:
        yield
    finally:
        db.conn.execute("ROLLBACK")


def stream_labels(db: Database) -> Iterator[dict[str, Any]]:
    """Every item whose label is settled, or that can't be told, by item id."""
    return _pages(db, _LABELS, {})


def stream_predictions(db: Database, version_id: int) -> Iterator[dict[str, Any]]:
    """A version's answer for every visible item, by item id."""
    return _pages(db, _PREDICTIONS, {"version_id": version_id})


def stream_decisions(db: Database) -> Iterator[dict[str, Any]]:
    """Every decision of a person, undone ones and their undoing included, in order."""
    return _pages(db, _DECISIONS, {})


def stream_items(db: Database, version_id: int | None) -> Iterator[dict[str, Any]]:
    """Every visible item with its fields (JSON), label and the version's answer, by item id."""
    return _pages(db, _ITEMS, {"version_id": version_id})


def _pages(db: Database, sql: str, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after = 0
    while page := fetch_all(db, sql, {**values, "after": after, "limit": PAGE_ROWS}):
        yield from page
        after = page[-1]["cursor"]
