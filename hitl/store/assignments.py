"""Leases: one reviewer, one group, one slot, until a time."""

from dataclasses import dataclass

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value

_SLOT = 1
_DOUBTED = """
    (SELECT class_id FROM second_looks AS look WHERE look.group_id = queue.group_id ORDER BY id DESC LIMIT 1)
        IS NOT NULL
    """
# An end a minute further ahead than the longest lease is long is from before the clock went back.
_FROM_AFTER = "julianday(expires_at) - julianday(:at) > (SELECT max(lease_seconds) + 60 FROM policies) / 86400.0"


@dataclass(frozen=True)
class Assignment:
    """An open lease; ``blind`` when the prediction stays hidden: of a draw, and of a label that a version doubts."""

    id: int
    group_id: int
    item_id: int
    route: str
    blind: bool


def expire_leases(db: Database, *, at: str) -> None:
    """End every lease whose time is over, or was counted by a clock that has gone back since."""
    db.execute(
        "UPDATE assignments SET ended_at = :at, outcome = 'expired'"
        f" WHERE ended_at IS NULL AND (expires_at <= :at OR {_FROM_AFTER})",
        {"at": at},
    )


def renew_leases(db: Database, *, actor_id: int, expires_at: str) -> None:
    """Extend the actor's own open leases."""
    db.execute("UPDATE assignments SET expires_at = ? WHERE ended_at IS NULL AND actor_id = ?", (expires_at, actor_id))


def release_answered(db: Database, *, actor_id: int, at: str) -> None:
    """End the actor's leases on groups that no longer wait in the queue."""
    db.execute(
        "UPDATE assignments SET ended_at = ?, outcome = 'released' WHERE ended_at IS NULL AND actor_id = ?"
        " AND group_id NOT IN (SELECT group_id FROM queue)",
        (at, actor_id),
    )


def open_assignments(db: Database, actor_id: int) -> list[Assignment]:
    """The actor's open leases, in queue order.

    CROSS JOIN keeps SQLite from walking the whole queue: leases are few, and each finds its group by key.
    """
    rows = fetch_all(
        db,
        f"""
        SELECT assignments.id, assignments.group_id, queue.item_id, queue.route,
            CASE queue.route WHEN 'audit' THEN 1 WHEN 'second_look' THEN {_DOUBTED} ELSE 0 END AS blind
        FROM assignments CROSS JOIN queue USING (group_id)
        WHERE assignments.ended_at IS NULL AND actor_id = ? ORDER BY queue.priority, queue.group_id
        """,
        (actor_id,),
    )
    return [Assignment(**{**row, "blind": bool(row["blind"])}) for row in rows]


def next_groups(db: Database, *, actor_id: int, count: int) -> list[tuple[int, int]]:
    """(group_id, item_id) at the head of the queue that nobody holds and the actor has not skipped.

    Each group that is passed over costs two looks into indexes of open leases and of skips alone.
    """
    rows = fetch_all(
        db,
        """
        SELECT queue.group_id, queue.item_id FROM queue
        WHERE NOT EXISTS (
            SELECT 1 FROM assignments WHERE assignments.group_id = queue.group_id AND ended_at IS NULL)
          AND NOT EXISTS (
            SELECT 1 FROM events INDEXED BY events_skips
            WHERE events.group_id = queue.group_id AND kind = 'skip' AND actor_id = :actor_id
              AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = events.id))
        ORDER BY queue.priority, queue.group_id LIMIT :count
        """,
        {"actor_id": actor_id, "count": count},
    )
    return [(row["group_id"], row["item_id"]) for row in rows]


def add_assignment(
    db: Database, *, group_id: int, item_id: int, actor_id: int, leased_at: str, expires_at: str
) -> None:
    """Lease a group to an actor."""
    db.execute(
        "INSERT INTO assignments(group_id, item_id, slot, actor_id, leased_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        (group_id, item_id, _SLOT, actor_id, leased_at, expires_at),
    )


def end_group_leases(db: Database, *, group_id: int, actor_id: int, at: str) -> None:
    """End all leases of a group: the actor's as decided, others' as released."""
    db.execute(
        "UPDATE assignments SET ended_at = :at,"
        " outcome = CASE actor_id WHEN :actor_id THEN 'decided' ELSE 'released' END"
        " WHERE group_id = :group_id AND ended_at IS NULL",
        {"at": at, "actor_id": actor_id, "group_id": group_id},
    )


def end_own_lease(db: Database, *, group_id: int, actor_id: int, at: str) -> None:
    """End the actor's lease of a group, and nobody else's."""
    db.execute(
        "UPDATE assignments SET ended_at = ?, outcome = 'decided'"
        " WHERE group_id = ? AND actor_id = ? AND ended_at IS NULL",
        (at, group_id, actor_id),
    )


def release_assignments(db: Database, *, actor_id: int, assignment_ids: list[int], at: str) -> None:
    """End the actor's named leases without a decision."""
    db.conn.executemany(
        "UPDATE assignments SET ended_at = ?, outcome = 'released' WHERE id = ? AND actor_id = ? AND ended_at IS NULL",
        [(at, assignment_id, actor_id) for assignment_id in assignment_ids],
    )


def holder_of(db: Database, group_id: int) -> int | None:
    """Who holds an open lease on a group, or None."""
    value = fetch_value(db, "SELECT actor_id FROM assignments WHERE group_id = ? AND ended_at IS NULL", (group_id,))
    return None if value is None else int(value)


def holds_lease(db: Database, *, assignment_id: int, actor_id: int) -> bool:
    """Whether the actor's lease is still open."""
    row = fetch_one(
        db,
        "SELECT 1 FROM assignments WHERE id = ? AND actor_id = ? AND ended_at IS NULL",
        (assignment_id, actor_id),
    )
    return row is not None


def waiting_count(db: Database) -> int:
    """How many groups wait for a decision."""
    return int(fetch_value(db, "SELECT count(*) FROM queue"))


def in_queue(db: Database, group_id: int) -> int | None:
    """The item that stands for a group in the queue, or None when it does not wait."""
    value = fetch_value(db, "SELECT item_id FROM queue WHERE group_id = ?", (group_id,))
    return None if value is None else int(value)


def hides_prediction(db: Database, group_id: int) -> bool:
    """Whether a group is reviewed without the model's answer: it was drawn, or waits because a version doubts it."""
    if is_drawn(db, group_id):
        return True
    row = fetch_one(db, f"SELECT {_DOUBTED} AS doubted, route FROM queue WHERE group_id = ?", (group_id,))
    return row is not None and row["route"] == "second_look" and bool(row["doubted"])


def is_drawn(db: Database, group_id: int) -> bool:
    """Whether a group was drawn, so that it is reviewed blind."""
    return fetch_one(db, "SELECT 1 FROM draws WHERE group_id = ?", (group_id,)) is not None
