"""Acts on many groups: which groups an act would change and which it leaves out, its plan, its events, its undoing."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.bulk import BulkKind
from hitl.store.bulk_plans import Plan, add_plan, planned_pairs
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row
from hitl.store.derived import CHAMPION, DRAWN, OPEN_SECOND_LOOK, RETIRED_CLASSES


@dataclass(frozen=True)
class BulkActRow:
    """An act as it was asked for, with how far it is; one of a model version, no person's, names it."""

    id: int
    kind: BulkKind
    class_id: int | None
    selection: dict[str, Any]
    item_count: int
    group_count: int
    left_out: dict[str, int]
    comment: str
    request_id: str
    actor_id: int
    at: str
    version_id: int | None
    done_count: int | None
    undo_request_id: str | None
    undone_count: int | None
    undone_at: str | None


@dataclass(frozen=True)
class Candidate:
    """A group that an act is about, by one of its items; ``left_out`` says why it is not changed."""

    group_id: int
    item_id: int
    version_id: int | None
    predicted_id: int | None
    confidence: float | None
    left_out: str | None


_ACTS = """
    SELECT act.*, done.group_count AS done_count, undo.request_id AS undo_request_id,
        undone.group_count AS undone_count, undone.at AS undone_at
    FROM bulk_acts AS act
    LEFT JOIN bulk_act_ends AS done ON done.act_id = act.id AND done.step = 'done'
    LEFT JOIN bulk_undos AS undo ON undo.act_id = act.id
    LEFT JOIN bulk_act_ends AS undone ON undone.act_id = act.id AND undone.step = 'undone'
    """
_PLANNED = """
    SELECT json_extract(value, '$[0]') AS group_id, json_extract(value, '$[1]') AS item_id FROM json_each(:planned)
    """
_WANTED = "CASE :kind WHEN 'confirm' THEN prediction.class_id WHEN 'correct' THEN :class_id END"
_LEASED = """
    EXISTS (SELECT 1 FROM assignments WHERE assignments.group_id = candidate.group_id AND ended_at IS NULL
        AND expires_at > :now AND actor_id <> :actor_id)
    """
_SAME = f"""
    CASE :kind WHEN 'review' THEN queue.group_id IS NOT NULL
        ELSE (state.resolved_class_id = {_WANTED} OR (:kind = 'cannot_tell' AND state.cannot_tell = 1))
            AND NOT {OPEN_SECOND_LOOK} END
    """
_LEFT_OUT = f"""
    CASE WHEN state.item_id IS NULL THEN 'gone'
        WHEN {DRAWN} THEN 'blind'
        WHEN {_LEASED} THEN 'leased'
        WHEN :kind IN ('confirm', 'correct') AND ({_WANTED} IS NULL OR {_WANTED} IN {RETIRED_CLASSES})
            THEN 'no_answer'
        WHEN :kind = 'confirm' AND EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = candidate.group_id)
            THEN 'test'
        WHEN {_SAME} THEN 'same' END
    """


def _judged(candidates: str) -> str:
    return f"""
    SELECT candidate.group_id, candidate.item_id, prediction.version_id, prediction.class_id AS predicted_id,
        prediction.confidence, {_LEFT_OUT} AS left_out
    FROM ({candidates}) AS candidate
    LEFT JOIN item_state AS state ON state.item_id = candidate.item_id
    LEFT JOIN predictions AS prediction
        ON prediction.item_id = candidate.item_id AND prediction.version_id = {CHAMPION}
    LEFT JOIN queue ON queue.group_id = candidate.group_id
    """


@dataclass(frozen=True)
class Asked:
    """What an act is to do, for whom and when; by these each group is judged."""

    kind: BulkKind
    class_id: int | None
    actor_id: int
    now: str

    @property
    def values(self) -> dict[str, object]:
        """The parameters of the statements that judge."""
        return {"kind": self.kind.value, "class_id": self.class_id, "actor_id": self.actor_id, "now": self.now}


def add_act(db: Database, asked: Asked, plan: Plan, **values: Any) -> int:
    """Write an act with its plan: the groups that it will change, each with one of its items; the act's id."""
    row = {"kind": asked.kind.value, "class_id": asked.class_id, "actor_id": asked.actor_id, "at": asked.now}
    act_id = insert_row(db, "bulk_acts", {**values, **row, "group_count": len(plan)})
    add_plan(db, act_id, plan)
    return act_id


def find_act(db: Database, act_id: int) -> BulkActRow | None:
    """An act by its id, or None."""
    row = fetch_one(db, f"{_ACTS} WHERE act.id = ?", (act_id,))
    return _act(row) if row else None


def find_act_of_request(db: Database, request_id: str) -> BulkActRow | None:
    """The act that a request made, or None."""
    row = fetch_one(db, f"{_ACTS} WHERE act.request_id = ?", (request_id,))
    return _act(row) if row else None


def event_span(db: Database, act_id: int) -> dict[str, int]:
    """The first and the last event that an act wrote; empty where it wrote none."""
    row = fetch_one(
        db,
        "SELECT (SELECT min(event_id) FROM bulk_act_events WHERE act_id = :act_id) AS first_event,"
        " (SELECT max(event_id) FROM bulk_act_events WHERE act_id = :act_id) AS last_event",
        {"act_id": act_id},
    )
    return {name: value for name, value in (row or {}).items() if value is not None}


def list_acts(db: Database, *, count: int) -> list[BulkActRow]:
    """The latest acts, newest first."""
    return [_act(row) for row in fetch_all(db, f"{_ACTS} ORDER BY act.id DESC LIMIT ?", (count,))]


def done_so_far(db: Database, act_id: int) -> tuple[int, int]:
    """How many groups an act has changed, and the last of them; its plan goes by group id."""
    row = fetch_one(
        db,
        """
        SELECT count(*) AS count, coalesce(max(group_id), 0) AS last FROM (
            SELECT group_id FROM bulk_act_events JOIN events ON events.id = event_id WHERE act_id = :act_id
            UNION ALL SELECT group_id FROM second_looks WHERE act_id = :act_id)
        """,
        {"act_id": act_id},
    )
    return (row["count"], row["last"]) if row else (0, 0)


def next_planned(db: Database, asked: Asked, *, act_id: int, after: int, limit: int) -> list[Candidate]:
    """The next groups of an act's plan, judged anew: what happened meanwhile may leave one out."""
    columns = "group_id, item_id, version_id, predicted_id, confidence, left_out"
    planned = json.dumps(planned_pairs(db, act_id, after=after, limit=limit))
    rows = fetch_all(
        db, f"SELECT {columns} FROM ({_judged(_PLANNED)}) ORDER BY group_id", {**asked.values, "planned": planned}
    )
    return [Candidate(**row) for row in rows]


def link_event(db: Database, *, act_id: int, event_id: int) -> None:
    """Note that an event belongs to an act."""
    db.execute("INSERT INTO bulk_act_events(act_id, event_id) VALUES (?, ?)", (act_id, event_id))


def add_second_looks(db: Database, *, act_id: int, group_ids: Collection[int], after_event_id: int, at: str) -> None:
    """Send groups back to the queue until somebody answers after that event."""
    db.conn.executemany(
        "INSERT INTO second_looks(act_id, group_id, after_event_id, at) VALUES (?, ?, ?, ?)",
        [(act_id, group_id, after_event_id, at) for group_id in group_ids],
    )


def standing_events(db: Database, act_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """Events of an act after an event id that nobody has taken back, in their order."""
    return fetch_all(
        db,
        """
        SELECT events.id, events.group_id, events.item_id FROM bulk_act_events JOIN events ON events.id = event_id
        WHERE bulk_act_events.act_id = ? AND event_id > ?
          AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = event_id)
        ORDER BY event_id LIMIT ?
        """,
        (act_id, after, limit),
    )


def standing_looks(db: Database, act_id: int, *, after: int, limit: int) -> list[dict[str, Any]]:
    """An act's second looks of groups after a group id that were not taken back, by group id."""
    return fetch_all(
        db,
        """
        SELECT id, group_id FROM second_looks
        WHERE act_id = ? AND group_id > ?
          AND NOT EXISTS (SELECT 1 FROM second_look_ends WHERE look_id = second_looks.id)
        ORDER BY group_id LIMIT ?
        """,
        (act_id, after, limit),
    )


def end_looks(db: Database, look_ids: Collection[int], *, at: str) -> None:
    """Take second looks back."""
    db.conn.executemany("INSERT INTO second_look_ends(look_id, at) VALUES (?, ?)", [(one, at) for one in look_ids])


def add_undo(db: Database, **values: Any) -> None:
    """Write that an act is to be undone; from then on it does nothing more."""
    insert_row(db, "bulk_undos", values)


def count_undone(db: Database, act_id: int) -> int:
    """How many groups of an act stand again as before it."""
    return int(
        fetch_value(
            db,
            """
            SELECT (SELECT count(*) FROM bulk_act_events JOIN events AS undo ON undo.target_id = event_id
                    WHERE bulk_act_events.act_id = :act_id)
                + (SELECT count(*) FROM second_looks JOIN second_look_ends ON look_id = second_looks.id
                    WHERE second_looks.act_id = :act_id)
            """,
            {"act_id": act_id},
        )
    )


def add_end(db: Database, *, act_id: int, step: str, group_count: int, at: str) -> None:
    """Write that an act, or its undoing, has come to its end."""
    values = {"act_id": act_id, "step": step, "group_count": group_count, "at": at}
    db.execute(
        "INSERT INTO bulk_act_ends(act_id, step, group_count, at) VALUES (:act_id, :step, :group_count, :at)", values
    )


def open_look_of(db: Database, group_id: int) -> dict[str, Any] | None:
    """The newest second look of a group that waits for an answer: ``actor_id, comment, at, class_id``; or None.

    ``class_id`` is the label that a model version doubts, None where a person sent the group back.
    """
    return fetch_one(
        db,
        f"""
        SELECT act.actor_id, act.comment, second_looks.at, second_looks.class_id
        FROM second_looks JOIN bulk_acts AS act ON act.id = second_looks.act_id
        JOIN (SELECT :group_id AS group_id) AS state ON second_looks.group_id = state.group_id
        WHERE NOT EXISTS (SELECT 1 FROM second_look_ends WHERE look_id = second_looks.id) AND {OPEN_SECOND_LOOK}
        ORDER BY second_looks.id DESC LIMIT 1
        """,
        {"group_id": group_id},
    )


def _act(row: dict[str, Any]) -> BulkActRow:
    parsed = {"selection": json.loads(row["selection"]), "left_out": json.loads(row["left_out"])}
    return BulkActRow(**{**row, **parsed, "kind": BulkKind(row["kind"])})
