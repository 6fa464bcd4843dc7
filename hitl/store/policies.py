"""Routing policies, frames and draws."""

from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.records import Policy
from hitl.store.connection import fetch_all, fetch_value, insert_row
from hitl.store.item_changes import note_change


def add_policy(db: Database, **values: Any) -> int:
    """Write a policy and return its id; it is in force from now on."""
    return insert_row(db, "policies", values)


def list_policies(db: Database) -> list[Policy]:
    """All policies, newest first; the first is in force."""
    return [Policy(**row) for row in fetch_all(db, "SELECT * FROM policies ORDER BY id DESC")]


def current_policy(db: Database) -> Policy:
    """The policy in force."""
    rows = fetch_all(db, "SELECT * FROM policies ORDER BY id DESC LIMIT 1")
    if not rows:
        raise NotFound(_("The project has no routing policy. Run `python -m hitl doctor`."))
    return Policy(**rows[0])


def find_frame(db: Database, request_id: str) -> int | None:
    """The frame that a request drew from, or None."""
    value = fetch_value(db, "SELECT id FROM frames WHERE request_id = ?", (request_id,))
    return None if value is None else int(value)


def add_frame(db: Database, **values: Any) -> int:
    """Write the population a draw is made from, and return its id."""
    return insert_row(db, "frames", values)


def add_draws(
    db: Database, frame_id: int, group_ids: Iterable[int], *, purpose: str, inclusion_probability: float, at: str
) -> int:
    """Write drawn groups; test draws are kept for testing for ever. Returns how many."""
    chosen = list(group_ids)
    note_change(db, chosen)
    db.conn.executemany(
        "INSERT INTO draws(frame_id, group_id, purpose, inclusion_probability) VALUES (?, ?, ?, ?)",
        [(frame_id, group_id, purpose, inclusion_probability) for group_id in chosen],
    )
    if purpose == "test":
        db.execute(
            "INSERT INTO test_groups(group_id, source, draw_id, at)"
            " SELECT group_id, 'draw', id, ? FROM draws WHERE frame_id = ? ORDER BY id",
            (at, frame_id),
        )
    return len(chosen)


def drawable_groups(db: Database) -> list[int]:
    """Groups that nobody has looked at and that no snapshot, test or draw holds, by id."""
    rows = fetch_all(
        db,
        """
        SELECT DISTINCT state.group_id FROM item_state AS state
        WHERE state.resolved_class_id IS NULL AND state.cannot_tell = 0 AND state.review_count = 0
          AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = state.group_id)
          AND NOT EXISTS (SELECT 1 FROM draws WHERE draws.group_id = state.group_id)
          AND NOT EXISTS (SELECT 1 FROM events WHERE events.group_id = state.group_id)
        ORDER BY state.group_id
        """,
    )
    return [row["group_id"] for row in rows]


def last_release_id(db: Database) -> int:
    """The newest release's id; 0 when there is none."""
    return int(fetch_value(db, "SELECT coalesce(max(id), 0) FROM releases"))
