"""Predict: a version answers every visible item that it has not answered yet."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.adapters.artifacts import read_artifact
from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import fill_embeddings
from hitl.domain.clock import utc_text
from hitl.domain.errors import NoModel
from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.domain.records import Version
from hitl.domain.redaction import retired_sentence
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
    _require_model(version)
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


def _require_model(version: Version) -> None:
    if version.is_retired:
        raise NoModel(retired_sentence(version.name))
    if version.artifact_sha256 is None:
        raise NoModel(
            _("'{name}' came with an import: it has answers, but no model that could answer more.").format(
                name=version.name
            )
        )


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


def _answerer(db: Database, folder: Path, version: Version) -> Callable[[list[dict[str, Any]]], list[tuple[Any, ...]]]:
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415  scikit-learn stays off the pages' start-up path
    from hitl.ml.model_files import load_model  # noqa: PLC0415
    from hitl.ml.prediction import predict_items  # noqa: PLC0415
    from hitl.ml.strategies.registry import strategy  # noqa: PLC0415

    model = load_model(read_artifact(folder / "artifacts", version.artifact_sha256 or ""))
    fields = model.fields
    order = strategy(current_policy(db).query_strategy).priority
    features = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    embed = fill_embeddings(folder, fields)
    rng = np.random.default_rng([version.seed, version.id])

    def answer(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        values = embed(features.fill([row["fields"] for row in rows], fields))
        answers = predict_items(model, prepare_inputs(pd.DataFrame(values), fields))
        return _prediction_rows(rows, answers, order(answers.proba, answers.novelty, rng))

    return answer


def _prediction_rows(rows: list[dict[str, Any]], answers: Any, priority: Any) -> list[tuple[Any, ...]]:
    columns = (
        answers.class_ids.tolist(),
        answers.confidence.tolist(),
        [None if runner_up < 0 else runner_up for runner_up in answers.runner_up_ids.tolist()],
        answers.runner_up_confidence.tolist(),
        answers.novelty.tolist(),
        answers.accept_score.tolist(),
        priority.tolist(),
    )
    return list(zip([row["id"] for row in rows], *columns, strict=True))
