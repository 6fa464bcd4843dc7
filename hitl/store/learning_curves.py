"""Learning curves, kept with the version whose labels and settings they were made from."""

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, write_transaction


def add_learning_curve(db: Database, *, version_id: int, body: Mapping[str, object], at: str) -> None:
    """Keep a curve. Writes: learning_curves."""
    with write_transaction(db):
        db.execute(
            "INSERT INTO learning_curves(version_id, body, at) VALUES (?, ?, ?)", (version_id, json.dumps(body), at)
        )


def latest_learning_curve(db: Database) -> dict[str, Any] | None:
    """``version_id, body, at`` of the curve made last; None where there is none."""
    row = fetch_one(db, "SELECT version_id, body, at FROM learning_curves ORDER BY id DESC LIMIT 1")
    return {**row, "body": json.loads(row["body"])} if row else None


def label_counts_of_versions(db: Database) -> dict[int, int]:
    """How many labels each trained version learned from, by version id."""
    rows = fetch_all(
        db,
        "SELECT versions.id, snapshots.label_count FROM versions JOIN snapshots ON snapshots.id = versions.snapshot_id",
    )
    return {row["id"]: row["label_count"] for row in rows}
