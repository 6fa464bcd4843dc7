"""Training triggers, and how much was said since the last training."""

import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.schedule import read_daily
from hitl.domain.triggers import TrainingTriggers
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row
from hitl.store.job_triggers import TriggeredBefore
from hitl.store.label_news import count_changed_classes, count_changed_labels
from hitl.store.news import NEWS, NEWS_KINDS
from hitl.store.snapshot_rows import ENCODED_RULE
from hitl.store.withdrawals import A_LABEL_OF_IT

_UNLEARNED = f"""
    FROM import_withdrawals AS withdrawal JOIN import_ends USING (import_id)
    WHERE import_id NOT IN (SELECT value FROM json_each(:withdrawn))
        AND import_ends.summary ->> '$.labelled' > 0 AND {A_LABEL_OF_IT} <= :event_id
    """
"""Withdrawals not taken into account, of imports whose labels were."""


@dataclass(frozen=True)
class Known:
    """What has been taken into account by a training: all up to an event, and these withdrawn imports."""

    event_id: int
    withdrawn: frozenset[int]

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of queries on what came later."""
        return {"event_id": self.event_id, "withdrawn": json.dumps(sorted(self.withdrawn))}


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


def known_so_far(db: Database, before: TriggeredBefore, end: int) -> Known:
    """What news is counted from: the newest trained version's snapshot or the last training by itself, the later one.

    A job of another project that had this short name may name an event after the ``end`` of the sequence.
    """
    known = _known_by_version(db)
    if before.event_id > end:
        return known
    return Known(max(known.event_id, before.event_id), known.withdrawn | before.withdrawn)


def version_before_encoding(db: Database) -> int | None:
    """The newest trained version, if texts waited to be encoded when it began to learn; else None."""
    row = fetch_one(
        db,
        f"SELECT versions.id, rules ->> '$.{ENCODED_RULE}' AS encoded FROM versions"
        " JOIN snapshots ON snapshots.id = versions.snapshot_id ORDER BY versions.id DESC LIMIT 1",
    )
    return int(row["id"]) if row is not None and row["encoded"] == 0 else None


def withdrawn_imports(db: Database) -> frozenset[int]:
    """All imports that are withdrawn."""
    return frozenset(row["import_id"] for row in fetch_all(db, "SELECT import_id FROM import_withdrawals"))


def has_news(db: Database, known: Known, *, at_least: int) -> bool:
    """Whether so much differs from what is known, ``count_news``; looked at closely only where enough was said."""
    is_possible = withdrawn_imports(db) > known.withdrawn or _said_up_to(db, known, at_least) >= at_least
    return is_possible and count_news(db, known) >= at_least


def count_news(db: Database, known: Known) -> int:
    """Labels and classes that differ from what is known, as the Train page counts them."""
    labels = count_changed_labels(db, known.event_id, withdrawn=known.withdrawn)
    return labels + count_changed_classes(db, known.event_id)


def first_news_at(db: Database, known: Known) -> str | None:
    """When the first of what changed since was said or withdrawn, or None."""
    said = fetch_one(
        db,
        f"SELECT at FROM events WHERE id > :event_id AND {NEWS_KINDS} AND {NEWS} ORDER BY id LIMIT 1",
        known.values,
    )
    taken_back = fetch_value(db, f"SELECT min(withdrawal.at) {_UNLEARNED}", known.values)
    return min([row for row in (said and str(said["at"]), taken_back) if row], default=None)


def _said_up_to(db: Database, known: Known, at_most: int) -> int:
    """How often something was said since, up to a limit: no less than what differs by it."""
    said = fetch_value(
        db,
        f"""
        SELECT count(*) FROM (
            SELECT 1 FROM events WHERE id > :event_id AND {NEWS_KINDS} AND {NEWS} ORDER BY id LIMIT :limit)
        """,
        {**known.values, "limit": at_most},
    )
    return int(said)


def _known_by_version(db: Database) -> Known:
    row = fetch_one(
        db,
        "SELECT watermark, rules ->> '$.withdrawn_imports' AS withdrawn FROM versions"
        " JOIN snapshots ON snapshots.id = versions.snapshot_id ORDER BY versions.id DESC LIMIT 1",
    )
    if row is None:
        return Known(0, frozenset())
    return Known(int(row["watermark"]), frozenset(json.loads(row["withdrawn"] or "[]")))


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
