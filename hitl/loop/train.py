"""Train: a snapshot of the labels becomes an immutable model version."""

import hashlib
import platform
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as library_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.artifacts import write_artifact
from hitl.adapters.encoders.registry import find_encoder
from hitl.domain.clock import utc_text
from hitl.domain.errors import NotEnoughLabels
from hitl.domain.fields import Field, learned_fields, recipes_of
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Snapshot
from hitl.encoding import encoder_is_here, ready_embeddings
from hitl.store import versions as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.events import latest_event_id, withdrawn_import_ids
from hitl.store.items import items_of_groups
from hitl.store.projects import active_classes, list_classes, read_project
from hitl.store.second_looks import add_doubts, count_looks
from hitl.store.snapshot_rows import (
    ENCODED_RULE,
    POOL_RULE,
    WITHDRAWN_RULE,
    WORDS_RULE,
    LearnedGroups,
    last_group_id,
    learned_groups,
    snapshot_labels,
)
from hitl.training_rows import TrainingRows, read_training_rows

if TYPE_CHECKING:
    import pandas as pd

PROBE_ROWS = 200
FEWEST_LABELS = 10
KEPT_DOUBTS = 500
"""So many of the labels that a version doubts most are kept, besides as many as were looked at before."""
MOST_EMBEDDED_LABELS = 50_000
"""With more labels words alone do as well, and the embeddings would not fit into a small machine's memory."""
LIBRARIES = ("scikit-learn", "numpy", "scipy", "pandas", "skops")


@dataclass(frozen=True)
class _Evidence:
    """What cross-validation left: the measures, and group, class and self-confidence of the labels doubted most."""

    label_count: int
    evaluation: dict[str, Any]
    doubted: Sequence[tuple[int, int, float]]


def take_snapshot(
    db: Database, *, request_id: str, actor: Actor, now: datetime, texts_encoded: bool | None = None
) -> Snapshot:
    """The labels as they stand now, by a watermark and a hash; the same request gives the same snapshot.

    Groups kept for testing and labels of retired classes are not in it. Writes: snapshots.

    Parameters
    ----------
    texts_encoded : bool, optional
        Whether what texts mean can be learned from now; noted where it is known.

    Raises
    ------
    NotEnoughLabels
        Fewer than two classes or too few labels; the message says what is missing.
    """
    require(actor, Permission.TRAIN)
    reads_words = encoder_is_here(db)
    while True:
        kept, withdrawn = store.groups_for_testing(db), withdrawn_import_ids(db)
        watermark = latest_event_id(db)
        labels = snapshot_labels(db, watermark, withdrawn=withdrawn)
        digest = _digest(db, labels, withdrawn)
        with write_transaction(db):  # events up to the watermark are read before it, so that nobody waits for that
            found = store.find_snapshot(db, request_id)
            if found is not None:
                return store.read_snapshot(db, found)
            _check_enough(db, labels)
            if (store.groups_for_testing(db), withdrawn_import_ids(db)) == (kept, withdrawn):
                rules = {
                    "request_id": request_id,
                    WITHDRAWN_RULE: withdrawn,
                    POOL_RULE: last_group_id(db),
                    WORDS_RULE: reads_words,
                }
                rules |= {} if texts_encoded is None else {ENCODED_RULE: texts_encoded}
                return _keep_snapshot(db, rules, watermark, labels, digest, actor=actor, now=now)


def _keep_snapshot(
    db: Database,
    rules: Mapping[str, object],
    watermark: int,
    labels: dict[int, int],
    digest: str,
    *,
    actor: Actor,
    now: datetime,
) -> Snapshot:
    snapshot_id = store.add_snapshot(
        db,
        watermark=watermark,
        rules={"without": "test groups, retired classes and withdrawn imports", "one_row_per": "group", **rules},
        class_counts=dict(sorted(Counter(labels.values()).items())),
        digest=digest,
        actor_id=actor.id,
        at=utc_text(now),
    )
    details = {"labels": len(labels), "last_event": watermark}
    append(db, actor, "take_snapshot", subject=f"snapshot:{snapshot_id}", details=details, now=now)
    return store.read_snapshot(db, snapshot_id)


def train_version(
    db: Database,
    folder: Path,
    *,
    snapshot_id: int,
    seed: int,
    request_id: str,
    actor: Actor,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> int:
    """Fit a model version on a snapshot and keep its file; the same request gives the same version.

    ``tick(share, note)`` is called between fits and may raise to stop. Writes: versions, evaluations
    (cross-validation), label_doubts, a file in the project folder's ``artifacts``.

    Raises
    ------
    NotEnoughLabels
        The snapshot is too small to cross-validate.
    """
    require(actor, Permission.TRAIN)
    found = store.find_version(db, request_id)
    if found is not None:
        return found.id
    snapshot = store.read_snapshot(db, snapshot_id)
    learned = learned_groups(db, snapshot)
    fields = _fields_to_learn(db, folder, len(learned.rows))
    rows = read_training_rows(db, folder, snapshot, learned, fields=fields, tick=tick)
    result = _fit(db, rows, seed=seed, tick=tick)
    recipe = {
        **_recipe_of(result, rows.inputs, folder),
        "seed": seed,
        "snapshot_id": snapshot_id,
        "request_id": request_id,
        "actor_id": actor.id,
        "at": utc_text(now),
    }
    return _keep_version(db, recipe, _evidence(db, learned, rows.class_ids, result), actor=actor, now=now)


def _fields_to_learn(db: Database, folder: Path, label_count: int) -> tuple[Field, ...]:
    fields = learned_fields(read_project(db).fields)
    return fields + (ready_embeddings(db, folder, fields) if label_count <= MOST_EMBEDDED_LABELS else ())


def _fit(db: Database, rows: TrainingRows, *, seed: int, tick: Callable[[float, str], None]) -> Any:
    from hitl.ml.metrics import Metric  # noqa: PLC0415  scikit-learn stays off the pages' start-up path
    from hitl.ml.training import train_model  # noqa: PLC0415

    project = read_project(db)
    return train_model(
        rows.inputs,
        rows.class_ids,
        fields=rows.fields,
        seed=seed,
        metric=Metric(project.metric),
        class_names={label_class.id: label_class.name for label_class in list_classes(db)},
        pool=rows.pool,
        words=rows.words,
        tick=tick,
    )


def _recipe_of(result: Any, inputs: "pd.DataFrame", folder: Path) -> dict[str, Any]:
    from hitl.ml.model_files import dump_model, probe_hash  # noqa: PLC0415

    return {
        "estimator": result.model.estimator,
        "parameters": dict(result.model.parameters),
        "libraries": {
            "python": platform.python_version(),
            **{name: library_version(name) for name in LIBRARIES},
            **_encoders_of(result.model),
        },
        "artifact_sha256": write_artifact(folder / "artifacts", dump_model(result.model)),
        "probe_sha256": probe_hash(result.model, inputs.head(PROBE_ROWS)),
    }


def _encoders_of(model: Any) -> dict[str, str]:
    """Version and licence of each encoder that the model reads texts by, under its name."""
    encoders = [find_encoder(recipe) for recipe in recipes_of(model.fields)]
    return {encoder.name: f"{encoder.version} ({encoder.licence})" for encoder in encoders}


def _evidence(db: Database, learned: LearnedGroups, class_ids: NDArray[np.int64], result: Any) -> _Evidence:
    doubted = _doubted(db, learned, class_ids, result)
    return _Evidence(len(class_ids), _cross_validation(db, class_ids, result), doubted)


def _cross_validation(db: Database, class_ids: NDArray[np.int64], result: Any) -> dict[str, Any]:
    from hitl.ml.metrics import evaluate  # noqa: PLC0415

    shown = np.array([label_class.id for label_class in active_classes(db)], dtype=np.int64)
    return evaluate(class_ids, result.oof_class_ids, result.oof_confidence, shown).to_json()


def _doubted(
    db: Database, learned: LearnedGroups, class_ids: NDArray[np.int64], result: Any
) -> list[tuple[int, int, float]]:
    """Group, class and out-of-fold probability of the labels that the model finds least likely."""
    from hitl.ml.second_look import least_likely_rows, self_confidence  # noqa: PLC0415

    columns = np.searchsorted(result.model.class_ids, class_ids)
    confidences = self_confidence(result.oof_proba, columns)
    rows = least_likely_rows(confidences, columns, KEPT_DOUBTS + count_looks(db)).tolist()
    return [(learned.group_ids[row], learned.class_ids[row], float(confidences[row])) for row in rows]


def _keep_version(db: Database, recipe: dict[str, Any], evidence: _Evidence, *, actor: Actor, now: datetime) -> int:
    with write_transaction(db):
        trained = sum(version.kind == "trained" for version in store.list_versions(db))
        version_id = store.add_version(db, kind="trained", name=f"Version {trained + 1}", **recipe)
        store.add_evaluation(
            db,
            version_id=version_id,
            source="cross_validation",
            label_count=evidence.label_count,
            body=evidence.evaluation,
            at=recipe["at"],
        )
        add_doubts(db, version_id, evidence.doubted)
        details = {"snapshot": recipe["snapshot_id"], "labels": evidence.label_count}
        append(db, actor, "train", subject=f"version:{version_id}", details=details, now=now)
    return version_id


def _digest(db: Database, labels: dict[int, int], withdrawn: list[int]) -> str:
    keys = {label_class.id: label_class.key for label_class in list_classes(db)}
    rows = items_of_groups(db, sorted(labels), withdrawn=withdrawn)
    lines = [f"{row['input_hash']} {keys[labels[row['group_id']]]}" for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _check_enough(db: Database, labels: dict[int, int]) -> None:
    counts = Counter(labels.values())
    if len(counts) > 1 and len(labels) >= FEWEST_LABELS:
        return
    names = {label_class.id: label_class.name for label_class in list_classes(db)}
    if not labels:
        found = _("There are none yet.")
    elif len(counts) == 1:
        found = _("There are {count}, all '{name}'.").format(count=len(labels), name=names[next(iter(counts))])
    else:
        found = _("There are {count}.").format(count=len(labels))
    needed = _("Training needs at least {count} labels in at least 2 classes.").format(count=FEWEST_LABELS)
    remedy = _("Review a few more items of different classes, then train.")
    raise NotEnoughLabels(f"{needed} {found} {remedy}")
