"""Evaluate: a version is measured on test labels alone, source by source, over all and within slices."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.access import require
from hitl.answering import load_answerer
from hitl.domain.clock import utc_text
from hitl.domain.fields import Role
from hitl.domain.language import _
from hitl.domain.people import SYSTEM, Actor, Permission
from hitl.store import test_answers as answers
from hitl.store import versions as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.policies import current_policy
from hitl.store.projects import active_classes, read_project
from hitl.store.version_changes import add_changes, read_changed_classes

BODY_FORMAT = 2
CHUNK_ITEMS = 500
MOST_PAIRS = 400
IMPORT_SLICE = "Imported file"
NO_VALUE = "—"
_SOURCES = {"imported_test": "import", "drawn_test": "draw"}


def evaluate_version(db: Database, *, version_id: int, actor: Actor, now: datetime) -> None:
    """Measure a version on the imported and on the drawn test labels, where there are any.

    It reads what the version answered on test groups, so its predictions must be there, or must have been. Test groups
    are in no training snapshot. A job measures as the system: its asker was checked when the job was asked for. Writes:
    test_answers, evaluations.

    Raises
    ------
    NotFound
        The project has no such version.
    """
    require(actor, Permission.TRAIN)
    store.read_version(db, version_id)
    _keep_known_answers(db, version_id, actor=actor, now=now)
    measured = {source: answers.answers_to_tests(db, version_id, origin) for source, origin in _SOURCES.items()}
    bodies = {source: _measure(db, rows) for source, rows in measured.items() if rows}
    with write_transaction(db):
        counts = {source: len(measured[source]) for source in bodies}
        news = [
            source
            for source, body in bodies.items()
            if store.add_evaluation(
                db, version_id=version_id, source=source, label_count=counts[source], body=body, at=utc_text(now)
            )
        ]
        if news:
            details = {"labels": sum(counts[source] for source in news)}
            append(db, actor, "evaluate", subject=f"version:{version_id}", details=details, now=now)


def answer_tests(
    db: Database,
    folder: Path,
    *,
    version_id: int,
    actor: Actor,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> int:
    """Let a version answer the test groups that it has not answered; returns how many.

    For a version whose predictions are gone. Writes: test_answers.

    Raises
    ------
    NotFound
        The project has no such version.
    NoModel
        The version came with an import and has no model to run.
    UntrustedModelFile
        The model file is tampered with, foreign, or of another library version.
    """
    require(actor, Permission.TRAIN)
    version = store.read_version(db, version_id)
    _keep_known_answers(db, version_id, actor=actor, now=now)
    missing = answers.unanswered_tests(db, version_id)
    if not missing:
        return 0
    answer = load_answerer(folder, version)
    for begin in range(0, len(missing), CHUNK_ITEMS):
        rows = missing[begin : begin + CHUNK_ITEMS]
        found = _answers(answer(rows), rows)
        with write_transaction(db):
            answers.add_test_answers(db, version_id, found)
            _record_answers(db, version_id, len(found), actor=actor, now=now)
        tick(
            (begin + len(rows)) / len(missing),
            _("{begin:,} of {missing_count:,} test items").format(begin=begin + len(rows), missing_count=len(missing)),
        )
    return len(missing)


def count_changes(db: Database, *, old_id: int, new_id: int, now: datetime) -> None:
    """Keep how many items a version answers otherwise than another one, by class.

    Both must have answered the items. System only: a step of jobs whose asker was checked. Writes: version_changes.
    """
    pairs = read_changed_classes(db, old_id=old_id, new_id=new_id)
    body: dict[str, Any] = {
        "items": sum(row["count"] for row in pairs),
        "changed": sum(row["count"] for row in pairs if row["old_class_id"] != row["new_class_id"]),
        "pairs": [
            [row["old_class_id"], row["new_class_id"], row["count"]]
            for row in pairs
            if row["old_class_id"] != row["new_class_id"]
        ][:MOST_PAIRS],
    }
    with write_transaction(db):
        add_changes(db, old_id=old_id, new_id=new_id, body=body, at=utc_text(now))
        details = {"old_version": old_id, "items": body["items"], "changed": body["changed"]}
        append(db, SYSTEM, "count_changes", subject=f"version:{new_id}", details=details, now=now)


def _keep_known_answers(db: Database, version_id: int, *, actor: Actor, now: datetime) -> None:
    with write_transaction(db):
        count = answers.keep_test_answers(db, version_id)
        if count:
            _record_answers(db, version_id, count, actor=actor, now=now)


def _record_answers(db: Database, version_id: int, count: int, *, actor: Actor, now: datetime) -> None:
    append(db, actor, "answer_tests", subject=f"version:{version_id}", details={"groups": count}, now=now)


def _answers(found: Any, rows: Sequence[dict[str, Any]]) -> list[answers.TestAnswer]:
    columns = (found.class_ids.tolist(), found.confidence.tolist(), found.accept_score.tolist())
    return list(zip([row["group_id"] for row in rows], *columns, strict=True))


def _measure(db: Database, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    from hitl.ml.metrics import evaluate  # noqa: PLC0415  scikit-learn stays off the pages' start-up path
    from hitl.ml.slices import measure_slices  # noqa: PLC0415

    y_true, y_predicted = (
        np.array([row[name] for row in rows], dtype=np.int64) for name in ("true_class_id", "class_id")
    )
    confidence = np.array([row["confidence"] for row in rows], dtype=np.float64)
    shown = np.array([label_class.id for label_class in active_classes(db)], dtype=np.int64)
    threshold = current_policy(db).threshold
    scores = np.array([row["accept_score"] for row in rows], dtype=np.float64)  # None is NaN, which is never accepted
    is_accepted = scores >= threshold
    slices = measure_slices(_slice_columns(db, rows), y_true == y_predicted, is_accepted)
    return {
        **evaluate(y_true, y_predicted, confidence, shown).to_json(),
        "format": BODY_FORMAT,
        "threshold": threshold,
        "slices": [asdict(one) for one in slices],
    }


def _slice_columns(db: Database, rows: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The values of each slice column, and of the imported file where there are several."""
    names = [field.name for field in read_project(db).fields if field.role is Role.SLICE]
    columns = {name: [str(row["fields"].get(name) or NO_VALUE) for row in rows] for name in names}
    files = {row["import_id"]: f"{row['file_name']} (import {row['import_id']})" for row in rows}
    return columns if len(files) < 2 else {**columns, IMPORT_SLICE: [files[row["import_id"]] for row in rows]}
