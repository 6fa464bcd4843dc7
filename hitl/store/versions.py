"""Snapshots, model versions, what was measured of them, promotions and predictions."""

import json
from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlite_utils import Database

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.domain.records import Snapshot, Version
from hitl.store.connection import fetch_all, fetch_one, fetch_value, insert_row, small_steps, write_transaction
from hitl.store.item_changes import note_items

_SHOWN = """
    (versions.kind = 'trained' OR EXISTS (
        SELECT 1 FROM imports JOIN import_ends ON import_ends.import_id = imports.id
        WHERE imports.version_id = versions.id AND import_ends.outcome = 'published'))
    """


def add_snapshot(
    db: Database,
    *,
    watermark: int,
    rules: dict[str, object],
    class_counts: dict[int, int],
    digest: str,
    actor_id: int,
    at: str,
) -> int:
    """Write a snapshot and return its id."""
    return int(
        fetch_value(
            db,
            "INSERT INTO snapshots(watermark, rules, label_count, class_counts, hash, actor_id, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (watermark, json.dumps(rules), sum(class_counts.values()), json.dumps(class_counts), digest, actor_id, at),
        )
    )


def read_snapshot(db: Database, snapshot_id: int) -> Snapshot:
    """A snapshot by id."""
    row = fetch_one(db, "SELECT * FROM snapshots WHERE id = ?", (snapshot_id,))
    if row is None:
        raise NotFound(_("There is no snapshot {snapshot_id}.").format(snapshot_id=snapshot_id))
    return Snapshot(
        id=row["id"],
        watermark=row["watermark"],
        rules=json.loads(row["rules"]),
        label_count=row["label_count"],
        class_counts={int(class_id): count for class_id, count in json.loads(row["class_counts"]).items()},
        hash=row["hash"],
        at=row["at"],
    )


def labelled_class_ids(db: Database, version_id: int) -> set[int] | None:
    """The classes that had a label when a version was trained; None of one that was not trained here."""
    counts = fetch_value(
        db,
        "SELECT class_counts FROM versions JOIN snapshots ON snapshots.id = snapshot_id WHERE versions.id = ?",
        (version_id,),
    )
    return None if counts is None else {int(class_id) for class_id in json.loads(counts)}


def find_snapshot(db: Database, request_id: str) -> int | None:
    """The snapshot that a request took, or None."""
    value = fetch_value(db, "SELECT id FROM snapshots WHERE json_extract(rules, '$.request_id') = ?", (request_id,))
    return None if value is None else int(value)


def groups_for_testing(db: Database) -> set[int]:
    """The groups kept for testing."""
    return {row["group_id"] for row in fetch_all(db, "SELECT group_id FROM test_groups")}


def add_version(db: Database, **values: Any) -> int:
    """Write a model version and return its id."""
    row = {
        "snapshot_id": None,
        "artifact_sha256": None,
        "probe_sha256": None,
        **values,
        "parameters": json.dumps(values["parameters"]),
        "libraries": json.dumps(values["libraries"]),
    }
    return insert_row(db, "versions", row)


def read_version(db: Database, version_id: int) -> Version:
    """A model version by id."""
    rows = _versions(db, "versions.id = ?", (version_id,))
    if not rows:
        raise NotFound(_("There is no version {version_id}.").format(version_id=version_id))
    return rows[0]


def find_version(db: Database, request_id: str) -> Version | None:
    """The version that a request made, or None."""
    rows = _versions(db, "versions.request_id = ?", (request_id,))
    return rows[0] if rows else None


def list_versions(db: Database) -> list[Version]:
    """All versions that are to be seen, newest first."""
    return _versions(db, _SHOWN, ())


def answering_versions(db: Database) -> dict[int, str]:
    """Id → name of the versions whose predictions are kept, newest first."""
    rows = fetch_all(
        db,
        f"SELECT id, name FROM versions WHERE {_SHOWN}"
        " AND EXISTS (SELECT 1 FROM predictions WHERE version_id = versions.id) ORDER BY id DESC",
    )
    return {row["id"]: row["name"] for row in rows}


def champion_id(db: Database) -> int | None:
    """The version that predicts now, or None."""
    return _optional(fetch_value(db, "SELECT version_id FROM promotions ORDER BY id DESC LIMIT 1"))


def champion_before(db: Database) -> int | None:
    """The version that roll-back returns to, or None.

    Promotions are read as a stack: a promotion pushes, a roll-back pops.
    """
    stack: list[int] = []
    for row in fetch_all(db, "SELECT version_id, kind FROM promotions ORDER BY id"):
        if row["kind"] == "promote":
            stack.append(row["version_id"])
        elif stack:
            stack.pop()
    return stack[-2] if len(stack) > 1 else None


def add_promotion(
    db: Database, *, version_id: int, kind: str, reason: str, request_id: str, actor_id: int, at: str
) -> None:
    """Write a promotion or roll-back."""
    db.execute(
        "INSERT INTO promotions(version_id, kind, reason, request_id, actor_id, at) VALUES (?, ?, ?, ?, ?, ?)",
        (version_id, kind, reason, request_id, actor_id, at),
    )


def find_promotion(db: Database, request_id: str) -> int | None:
    """The version that a request promoted, or None."""
    return _optional(fetch_value(db, "SELECT version_id FROM promotions WHERE request_id = ?", (request_id,)))


def list_promotions(db: Database) -> list[dict[str, Any]]:
    """All promotions and roll-backs, newest first."""
    return fetch_all(db, "SELECT * FROM promotions ORDER BY id DESC")


def add_evaluation(
    db: Database, *, version_id: int, source: str, label_count: int, body: dict[str, object], at: str
) -> bool:
    """Write what was measured of a version; False when the latest measurement of that source said just the same."""
    text = json.dumps(body)
    last = latest_evaluations(db, version_id).get(source)
    if last and (last["label_count"], json.dumps(last["body"])) == (label_count, text):
        return False
    db.execute(
        "INSERT INTO evaluations(version_id, source, label_count, body, at) VALUES (?, ?, ?, ?, ?)",
        (version_id, source, label_count, text, at),
    )
    return True


def latest_evaluations(db: Database, version_id: int) -> dict[str, dict[str, Any]]:
    """Source → {label_count, body, at} of the latest measurement of each source."""
    rows = fetch_all(
        db,
        "SELECT source, label_count, body, at FROM evaluations WHERE id IN ("
        " SELECT max(id) FROM evaluations WHERE version_id = ? GROUP BY source)",
        (version_id,),
    )
    return {row["source"]: {**row, "body": json.loads(row["body"])} for row in rows}


def add_predictions(db: Database, version_id: int, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write predictions: (item, class, confidence, runner-up, its confidence, novelty, accept score, priority).

    Confidence, accept score and priority are all None where how sure the version is is not known.
    """
    answers = list(rows)
    if not answers:
        return
    item_ids = [answer[0] for answer in answers]
    note_items(db, min(item_ids), max(item_ids))
    db.conn.executemany(
        "INSERT INTO predictions(version_id, item_id, class_id, confidence, runner_up_id, runner_up_confidence,"
        " novelty, other_accept_score, priority) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif(?8, ?4), ?9)"
        " ON CONFLICT(version_id, item_id) DO NOTHING",
        ((version_id, *answer) for answer in answers),
    )


def unpredicted_count(db: Database, version_id: int) -> int:
    """How many visible items have no prediction of a version."""
    return int(
        fetch_value(
            db,
            "SELECT count(*) FROM item_state WHERE NOT EXISTS ("
            " SELECT 1 FROM predictions WHERE version_id = ? AND item_id = item_state.item_id)",
            (version_id,),
        )
    )


def has_predictions(db: Database, version_id: int) -> bool:
    """Whether any prediction of a version is there."""
    return fetch_one(db, "SELECT 1 FROM predictions WHERE version_id = ? LIMIT 1", (version_id,)) is not None


def prune_predictions(db: Database, keep: Iterable[int], *, count: int = 1 << 40) -> int:
    """Remove predictions of trained versions but the given ones, at most ``count``; how many. They can be made again.

    Writes: predictions.
    """
    with write_transaction(db):
        version_id = fetch_value(
            db,
            """
            SELECT id FROM versions WHERE kind = 'trained' AND id NOT IN (SELECT value FROM json_each(?))
              AND EXISTS (SELECT 1 FROM predictions WHERE version_id = versions.id) LIMIT 1
            """,
            (json.dumps(list(keep)),),
        )
        if version_id is None:
            return 0
        rows = fetch_all(
            db,
            "SELECT item_id FROM predictions WHERE version_id = ? ORDER BY item_id LIMIT ?",
            (version_id, count),
        )
        last = rows[-1]["item_id"]
        note_items(db, rows[0]["item_id"], last)
        db.execute("DELETE FROM predictions WHERE version_id = ? AND item_id <= ?", (version_id, last))
        return len(rows)


def prune_in_steps(db: Database, keep: Collection[int], *, tick: Callable[[float, str], None]) -> None:
    """Remove predictions of all trained versions but the given ones, in transactions so small that nobody waits long.

    Writes: predictions.
    """
    pace = Pace()
    with small_steps(db) as tidy:
        while pace.take(lambda count: prune_predictions(db, keep, count=count)):
            tidy()
            tick(1.0, _("Removing predictions of earlier versions"))


def _versions(db: Database, condition: str, values: tuple[Any, ...]) -> list[Version]:
    rows = fetch_all(
        db,
        "SELECT *, EXISTS (SELECT 1 FROM retirements WHERE version_id = versions.id) AS is_retired"
        f" FROM versions WHERE {condition} ORDER BY id DESC",
        values,
    )
    return [
        Version(
            id=row["id"],
            kind=row["kind"],
            name=row["name"],
            snapshot_id=row["snapshot_id"],
            estimator=row["estimator"],
            parameters=json.loads(row["parameters"]),
            seed=row["seed"],
            libraries=json.loads(row["libraries"]),
            artifact_sha256=row["artifact_sha256"],
            probe_sha256=row["probe_sha256"],
            actor_id=row["actor_id"],
            at=row["at"],
            is_retired=bool(row["is_retired"]),
        )
        for row in rows
    ]


def _optional(value: Any) -> int | None:
    return None if value is None else int(value)
