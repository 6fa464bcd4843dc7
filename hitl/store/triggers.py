"""Training triggers, and how much was said since the last training."""

from typing import Any

from sqlite_utils import Database

from hitl.domain.schedule import read_daily
from hitl.domain.triggers import TrainingTriggers
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row
from hitl.store.job_triggers import TriggeredBefore
from hitl.store.news import NEWS, NEWS_KINDS


def add_triggers(db: Database, triggers: TrainingTriggers) -> None:
    """Write triggers; they are in force from now on. Writes: training_triggers."""
    row = {
        "label_count": triggers.label_count,
        "daily_at": triggers.daily.text if triggers.daily else None,
        "zone": triggers.daily.zone if triggers.daily else "",
        "paused": int(triggers.is_paused),
        "promotes": int(triggers.promotes),
        "reason": triggers.reason,
        "actor_id": triggers.actor_id,
        "at": triggers.at,
    }
    insert_row(db, "training_triggers", row)


def current_triggers(db: Database) -> TrainingTriggers | None:
    """The triggers in force; None where none was ever set."""
    row = fetch_one(db, "SELECT * FROM training_triggers ORDER BY id DESC LIMIT 1")
    return _record(row) if row else None


def list_triggers(db: Database) -> list[TrainingTriggers]:
    """All triggers ever set, newest first."""
    return [_record(row) for row in fetch_all(db, "SELECT * FROM training_triggers ORDER BY id DESC")]


def last_watermark(db: Database) -> int:
    """The event up to which the newest trained version learned; 0 before the first."""
    return int(
        fetch_value(
            db,
            "SELECT coalesce((SELECT watermark FROM versions JOIN snapshots ON snapshots.id = versions.snapshot_id"
            " ORDER BY versions.id DESC LIMIT 1), 0)",
        )
    )


def count_from(db: Database, before: TriggeredBefore, end: int) -> int:
    """The event after which news is counted: the newest snapshot's end, or that of the last training by itself.

    A job of another project that had this short name may name an event after the ``end`` of the sequence.
    """
    return max(last_watermark(db), before.event_id if before.event_id <= end else 0)


def count_news(db: Database, watermark: int, *, at_most: int) -> int:
    """What was said after a watermark that a model could learn from, as `count_events_since` counts, up to a limit."""
    return int(
        fetch_value(
            db,
            f"""
            SELECT count(*) FROM (
                SELECT 1 FROM events WHERE id > ? AND {NEWS_KINDS} AND {NEWS} ORDER BY id LIMIT ?)
            """,
            (watermark, at_most),
        )
    )


def first_news_at(db: Database, watermark: int) -> str | None:
    """When the first of what was said after a watermark was said, or None."""
    row = fetch_one(
        db, f"SELECT at FROM events WHERE id > ? AND {NEWS_KINDS} AND {NEWS} ORDER BY id LIMIT 1", (watermark,)
    )
    return str(row["at"]) if row else None


def _record(row: dict[str, Any]) -> TrainingTriggers:
    return TrainingTriggers(
        label_count=row["label_count"],
        daily=read_daily(row["daily_at"], row["zone"]) if row["daily_at"] else None,
        is_paused=bool(row["paused"]),
        promotes=bool(row["promotes"]),
        reason=row["reason"],
        actor_id=row["actor_id"],
        at=row["at"],
    )
