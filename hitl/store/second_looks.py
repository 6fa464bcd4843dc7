"""Second looks of model versions: the labels they doubt, those sent back because of it, and what people said then."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.second_look import SecondLookRule, SecondLooksFound, SecondLookTurn, TurnOutcome
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row
from hitl.store.derived import ANSWERED_ANEW, RETIRED_CLASSES, TAKEN_BACK

USUAL_RULE = SecondLookRule()
_FOUND_FROM = 100
_FIRST_ANSWER = """
    (SELECT answer.class_id FROM events AS answer
     WHERE answer.group_id = look.group_id AND answer.id > look.after_event_id AND answer.surplus = 0
       AND answer.kind IN ('label', 'cannot_tell', 'adjudicate') AND answer.source <> 'import'
       AND NOT EXISTS (SELECT 1 FROM events AS undo WHERE undo.target_id = answer.id)
     ORDER BY answer.id LIMIT 1)
    """
_LOOKED_AT = f"""
    EXISTS (SELECT 1 FROM second_looks AS look WHERE look.group_id = doubted.group_id AND (
        doubted.class_id IN (look.class_id, {_FIRST_ANSWER})))
    """
"""The class stood at a second look, or was given by one."""


@dataclass(frozen=True)
class Doubted:
    """A label that a version doubts: its group by one of its items, the class, and its out-of-fold probability."""

    group_id: int
    item_id: int
    item_count: int
    class_id: int
    self_confidence: float


@dataclass(frozen=True)
class SentLabel:
    """A label that is sent back: ``doubt`` is how likely it is wrong by the model alone, in [0, 1]."""

    label: Doubted
    doubt: float


def add_rule(db: Database, rule: SecondLookRule, **values: Any) -> None:
    """Put a rule in force. Writes: second_look_rules."""
    insert_row(db, "second_look_rules", {**asdict(rule), **values})


def current_rule(db: Database) -> SecondLookRule:
    """The rule in force; the usual one where none was ever set."""
    row = fetch_one(db, "SELECT share, at_once, bar FROM second_look_rules ORDER BY id DESC LIMIT 1")
    return SecondLookRule(**row) if row else USUAL_RULE


def list_rules(db: Database) -> list[dict[str, Any]]:
    """All rules ever set with ``reason, actor_id, at``, newest first; the first is in force."""
    return fetch_all(db, "SELECT share, at_once, bar, reason, actor_id, at FROM second_look_rules ORDER BY id DESC")


def add_doubts(db: Database, version_id: int, doubts: Sequence[tuple[int, int, float]]) -> None:
    """Keep (group, class, out-of-fold probability of the class) of the labels a version doubts most.

    Writes: label_doubts.
    """
    db.conn.executemany(
        "INSERT INTO label_doubts(version_id, group_id, class_id, self_confidence) VALUES (?, ?, ?, ?)",
        [(version_id, *doubt) for doubt in doubts],
    )


def count_looks(db: Database) -> int:
    """How many labels versions sent back, ever: so many of the most doubted ones may have been looked at."""
    return int(fetch_value(db, "SELECT count(*) FROM second_looks WHERE class_id IS NOT NULL"))


def list_doubted(db: Database, version_id: int, *, limit: int) -> list[Doubted]:
    """The labels that a version doubts most and that may go back, the most doubtful first.

    Only those that stand as they were learned; never those kept for testing, nor what waits in the queue, nor a class
    that stood at a second look of the group before, or was given by one.
    """
    rows = fetch_all(
        db,
        f"""
        SELECT doubted.group_id, min(state.item_id) AS item_id, count(*) AS item_count,
            doubted.class_id, doubted.self_confidence
        FROM label_doubts AS doubted CROSS JOIN item_state AS state ON state.group_id = doubted.group_id
        WHERE doubted.version_id = :version_id AND state.resolved_class_id = doubted.class_id
          AND doubted.class_id NOT IN {RETIRED_CLASSES}
          AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = doubted.group_id)
          AND NOT EXISTS (SELECT 1 FROM queue WHERE queue.group_id = doubted.group_id)
          AND NOT {_LOOKED_AT}
        GROUP BY doubted.group_id ORDER BY doubted.self_confidence, doubted.group_id LIMIT :limit
        """,
        {"version_id": version_id, "limit": limit},
    )
    return [Doubted(**row) for row in rows]


def add_looks(db: Database, *, act_id: int, sent: Sequence[SentLabel], after_event_id: int, at: str) -> None:
    """Send labels back to the queue until somebody answers after that event. Writes: second_looks."""
    db.conn.executemany(
        "INSERT INTO second_looks(act_id, group_id, after_event_id, at, class_id, self_confidence, doubt)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (act_id, one.label.group_id, after_event_id, at, one.label.class_id, one.label.self_confidence, one.doubt)
            for one in sent
        ],
    )


def count_open(db: Database) -> int:
    """How many labels wait for a second look because a version doubts them."""
    return int(
        fetch_value(
            db,
            f"""
            SELECT count(*) FROM second_looks AS look INDEXED BY second_looks_of_versions
            WHERE look.class_id IS NOT NULL AND NOT {TAKEN_BACK} AND NOT {ANSWERED_ANEW}
            """,
        )
    )


def read_found(db: Database) -> SecondLooksFound:
    """What people said of the labels that versions sent back, of the latest ones that were looked at."""
    row = fetch_one(
        db,
        f"""
        SELECT count(*) AS looked_count, coalesce(sum(answered_id IS NOT class_id), 0) AS changed_count,
            coalesce(sum(doubt), 0.0) AS expected
        FROM (
            SELECT look.class_id, look.doubt, {_FIRST_ANSWER} AS answered_id
            FROM second_looks AS look INDEXED BY second_looks_of_versions
            WHERE look.class_id IS NOT NULL AND NOT {TAKEN_BACK} AND {ANSWERED_ANEW}
            ORDER BY look.id DESC LIMIT {_FOUND_FROM})
        """,
    )
    return SecondLooksFound(**row) if row else SecondLooksFound(0, 0, 0.0)


def count_news(db: Database, *, up_to: int, needed: int) -> int:
    """Labels given since the snapshot of the version that last sent any back, or ever; counted up to ``needed``."""
    return int(
        fetch_value(
            db,
            """
            SELECT count(*) FROM (
                SELECT 1 FROM events
                WHERE kind IN ('label', 'adjudicate') AND surplus = 0 AND id <= :up_to AND id > coalesce((
                    SELECT snapshots.watermark FROM second_look_turns
                    JOIN versions ON versions.id = second_look_turns.version_id
                    JOIN snapshots ON snapshots.id = versions.snapshot_id
                    WHERE outcome = 'sent' ORDER BY version_id DESC LIMIT 1), 0)
                LIMIT :needed)
            """,
            {"up_to": up_to, "needed": needed},
        )
    )


def add_turn(db: Database, turn: SecondLookTurn, *, at: str) -> None:
    """Keep what a training made of the labels it doubts. Writes: second_look_turns."""
    insert_row(db, "second_look_turns", {**asdict(turn), "outcome": turn.outcome.value, "at": at})


def find_turn(db: Database, version_id: int) -> SecondLookTurn | None:
    """The turn of a version, or None: it has not come, or the version is from before there were any."""
    return _turn(fetch_one(db, f"{_TURNS} WHERE version_id = ?", (version_id,)))


def latest_turn(db: Database) -> SecondLookTurn | None:
    """The turn of the newest version that had one, or None."""
    return _turn(fetch_one(db, f"{_TURNS} ORDER BY version_id DESC LIMIT 1"))


_TURNS = """
    SELECT version_id, outcome, label_count, judged_count, sent_count, expected_rate, low, high, act_id
    FROM second_look_turns
    """


def _turn(row: dict[str, Any] | None) -> SecondLookTurn | None:
    return None if row is None else SecondLookTurn(**{**row, "outcome": TurnOutcome(row["outcome"])})
