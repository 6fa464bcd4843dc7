"""Predict: a version answers every visible item that it has not answered yet."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.answering import load_answerer, require_model
from hitl.domain.clock import utc_text
from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.domain.records import Version
from hitl.store import versions as store
from hitl.store.connection import small_steps, write_transaction
from hitl.store.items import unpredicted_items
from hitl.store.policies import current_policy
from hitl.store.routing import begin_routing

CHUNK_ITEMS = 5_000


def predict_version(
    db: Database,
    folder: Path,
    *,
    version_id: int,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> int:
    """Write the version's predictions for all visible items that have none; returns how many.

    Goes on where an interrupted run stopped. System only: a step of jobs whose asker was checked, so it asks for no
    permission. Writes: predictions.

    Raises
    ------
    NoModel
        The version came with an import and has no model to run, or is retired.
    NotFound
        The model reads texts by an encoder that is not here.
    UntrustedModelFile
        The model file is tampered with, foreign, or of another library version.
    """
    version = store.read_version(db, version_id)
    require_model(version)
    total = store.unpredicted_count(db, version_id)
    if not total:
        return 0
    answer, pace = _answerer(db, folder, version), Pace()
    done, after = 0, 0
    with small_steps(db) as tidy:
        while rows := unpredicted_items(db, version_id, after=after, limit=CHUNK_ITEMS):
            _write(db, version_id, answer(rows), pace, at=utc_text(now))
            tidy()
            done, after = done + len(rows), rows[-1]["id"]
            tick(
                done / total,
                _("{done:,} of {total:,} items at {now} UTC").format(done=done, total=total, now=utc_text(now)[11:16]),
            )
    return done


def _write(db: Database, version_id: int, answers: list[tuple[Any, ...]], pace: Pace, *, at: str) -> None:
    """Write answers in transactions so small that nobody waits long; the champion's are to be routed by."""
    left = answers

    def step(count: int) -> int:
        with write_transaction(db):
            if store.champion_id(db) == version_id:
                begin_routing(db, at=at, after=left[0][0] - 1)
            store.add_predictions(db, version_id, left[:count])
        return len(left[:count])

    while left:
        left = left[pace.take(step) :]


def _answerer(
    db: Database, folder: Path, version: Version
) -> Callable[[Sequence[dict[str, Any]]], list[tuple[Any, ...]]]:
    from hitl.ml.strategies.registry import strategy  # noqa: PLC0415  scikit-learn stays off the pages' start-up path

    answer = load_answerer(folder, version)
    order = strategy(current_policy(db).query_strategy).priority
    rng = np.random.default_rng([version.seed, version.id])

    def answer_and_order(items: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
        answers = answer(items)
        return _prediction_rows(items, answers, order(answers.proba, answers.novelty, rng))

    return answer_and_order


def _prediction_rows(items: Sequence[dict[str, Any]], answers: Any, priority: Any) -> list[tuple[Any, ...]]:
    columns = (
        answers.class_ids.tolist(),
        answers.confidence.tolist(),
        [None if runner_up < 0 else runner_up for runner_up in answers.runner_up_ids.tolist()],
        answers.runner_up_confidence.tolist(),
        answers.novelty.tolist(),
        answers.accept_score.tolist(),
        priority.tolist(),
    )
    return list(zip([item["id"] for item in items], *columns, strict=True))
