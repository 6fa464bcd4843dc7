"""What versions answered on the groups kept for testing: kept for ever, so that any two can be compared."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.store.columns import Flag, read_columns
from hitl.store.connection import fetch_all, fetch_value

TestAnswer = tuple[int, int, float | None, float | None]
"""Group, class, confidence, accept score; the last two None where they are not known."""

_SHOWN = """
    (SELECT min(item_id) FROM item_state WHERE item_state.group_id = test_groups.group_id)
    """
"""The item that stands for a test group; NULL where later revisions have replaced all of its items."""
_BOTH_ANSWERED = f"""
    FROM test_answers AS old
    CROSS JOIN test_answers AS new ON new.version_id = :new_id AND new.group_id = old.group_id
    CROSS JOIN test_groups ON test_groups.group_id = old.group_id
    CROSS JOIN item_state AS state ON state.item_id = {_SHOWN}
    """
"""CROSS JOIN: from the answers of a version, which are few, each found by key; never through all test groups."""


def keep_test_answers(db: Database, version_id: int) -> int:
    """Keep the version's predictions for test groups, as far as they are there; how many are new.

    Writes: test_answers.
    """
    before = _last_change(db)
    db.execute(
        f"""
        INSERT INTO test_answers(version_id, group_id, class_id, confidence, accept_score)
        SELECT predictions.version_id, test_groups.group_id, predictions.class_id, predictions.confidence,
            predictions.accept_score
        FROM test_groups JOIN predictions ON predictions.version_id = ? AND predictions.item_id = {_SHOWN}
        WHERE true ON CONFLICT(version_id, group_id) DO NOTHING
        """,
        (version_id,),
    )
    return _last_change(db) - before


def count_answers(db: Database, version_ids: Sequence[int]) -> tuple[int, ...]:
    """How many test groups each version has answered; answers stay, so the same number means the same answers."""
    return tuple(
        int(fetch_value(db, "SELECT count(*) FROM test_answers WHERE version_id = ?", (version_id,)))
        for version_id in version_ids
    )


def add_test_answers(db: Database, version_id: int, answers: Iterable[TestAnswer]) -> None:
    """Keep answers made for test groups. Writes: test_answers."""
    db.conn.executemany(
        "INSERT INTO test_answers(version_id, group_id, class_id, confidence, accept_score) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT(version_id, group_id) DO NOTHING",
        ((version_id, *answer) for answer in answers),
    )


def unanswered_tests(db: Database, version_id: int) -> list[dict[str, Any]]:
    """``group_id`` and ``fields`` of an item of each test group that the version has not answered, by group id."""
    rows = fetch_all(
        db,
        f"""
        SELECT test_groups.group_id, items.fields FROM test_groups JOIN items ON items.id = {_SHOWN}
        WHERE NOT EXISTS (
            SELECT 1 FROM test_answers
            WHERE test_answers.version_id = ? AND test_answers.group_id = test_groups.group_id)
        ORDER BY test_groups.group_id
        """,
        (version_id,),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def count_unanswered_tests(db: Database, version_id: int) -> int:
    """Labelled test groups that the version has not answered."""
    items = read_columns(db).items
    labelled = items.group_id[items.is_first_of_group & items.has(Flag.TESTED) & items.is_labelled]
    answered = [
        group_id
        for (group_id,) in db.execute(
            "SELECT group_id FROM test_answers WHERE version_id = ?", (version_id,)
        ).fetchall()
    ]
    return int(np.count_nonzero(~np.isin(labelled, answered)))


def answers_to_tests(db: Database, version_id: int, source: str) -> list[dict[str, Any]]:
    """The version's answers to the labelled test groups of a source, by group id, with what slices are made of.

    ``group_id, item_id, external_id, true_class_id, class_id, confidence, accept_score, fields, import_id, file_name``.
    """
    rows = fetch_all(
        db,
        f"""
        SELECT test_groups.group_id, state.item_id, items.external_id, state.resolved_class_id AS true_class_id,
            answers.class_id, answers.confidence, answers.accept_score, items.fields,
            items.import_id, imports.file_name
        FROM test_answers AS answers CROSS JOIN test_groups ON test_groups.group_id = answers.group_id
        CROSS JOIN item_state AS state ON state.item_id = {_SHOWN}
        CROSS JOIN items ON items.id = state.item_id CROSS JOIN imports ON imports.id = items.import_id
        WHERE answers.version_id = ? AND test_groups.source = ? AND state.resolved_class_id IS NOT NULL
        ORDER BY answers.group_id
        """,
        (version_id, source),
    )
    return [{**row, "fields": json.loads(row["fields"])} for row in rows]


def paired_answers(
    db: Database, *, old_id: int, new_id: int, source: str, slice_names: Sequence[str]
) -> list[dict[str, Any]]:
    """What two versions answered on the labelled test groups of a source that both have answered, by group id.

    ``item_id, external_id, true_class_id, old_class_id, new_class_id, old_confidence, new_confidence, import_id,
    file_name, slices``; the last a list of the values of the named columns.
    """
    rows = fetch_all(
        db,
        f"""
        SELECT state.item_id, items.external_id, state.resolved_class_id AS true_class_id,
            old.class_id AS old_class_id, new.class_id AS new_class_id,
            old.confidence AS old_confidence, new.confidence AS new_confidence, items.import_id, imports.file_name,
            (SELECT json_group_array((SELECT value FROM json_each(items.fields) WHERE key = name.value))
             FROM json_each(:names) AS name) AS slices
        {_BOTH_ANSWERED}
        CROSS JOIN items ON items.id = state.item_id CROSS JOIN imports ON imports.id = items.import_id
        WHERE old.version_id = :old_id AND test_groups.source = :source AND state.resolved_class_id IS NOT NULL
        ORDER BY old.group_id
        """,
        {"names": json.dumps(list(slice_names)), "old_id": old_id, "new_id": new_id, "source": source},
    )
    return [{**row, "slices": json.loads(row["slices"])} for row in rows]


def count_paired(db: Database, *, old_id: int, new_id: int) -> dict[str, int]:
    """Labelled test groups by source that both versions have answered."""
    rows = fetch_all(
        db,
        f"""
        SELECT test_groups.source, count(*) AS count {_BOTH_ANSWERED}
        WHERE old.version_id = :old_id AND state.resolved_class_id IS NOT NULL GROUP BY test_groups.source
        """,
        {"old_id": old_id, "new_id": new_id},
    )
    return {row["source"]: row["count"] for row in rows}


def _last_change(db: Database) -> int:
    """How many rows this connection has written so far."""
    return int(fetch_value(db, "SELECT total_changes()"))
