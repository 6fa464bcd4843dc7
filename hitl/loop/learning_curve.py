"""Learning curve: what more labels would bring, from the labels and settings of a version."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import NoModel
from hitl.domain.fields import EMBEDDING_SIZES, Field, embedded_fields, learned_fields
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Snapshot, Version
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.learning_curves import add_learning_curve
from hitl.store.projects import read_project
from hitl.store.snapshot_rows import learned_groups
from hitl.store.versions import read_snapshot, read_version
from hitl.training_rows import TrainingRows, read_training_rows

BODY_FORMAT = 1


def make_learning_curve(
    db: Database,
    folder: Path,
    *,
    version_id: int,
    has_time: Callable[[], bool],
    actor: Actor,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> None:
    """Cross-validate the version's settings on growing parts of its labels, and keep the curve with it.

    Writes: learning_curves.

    Raises
    ------
    NoModel
        The version came with an import and learned from no labels here.
    NotEnoughLabels
        A part of them would be no training.
    NotFound
        The version reads texts by an encoder that is not here.
    """
    from hitl.ml.learning_curve import fit_power_law, gain_of_more  # noqa: PLC0415  scikit-learn stays off the pages' start-up path

    require(actor, Permission.TRAIN)
    version = read_version(db, version_id)
    if version.snapshot_id is None:
        raise NoModel(
            _("'{name}' came with an import: it learned from no labels here. Train a version first.").format(
                name=version.name
            )
        )
    rows = _read_rows(db, folder, version, read_snapshot(db, version.snapshot_id), tick)
    curve = _cross_validate(rows, version, has_time=has_time, tick=tick)
    label_count = len(rows.class_ids)
    law = fit_power_law(curve.points)
    gain = gain_of_more(curve, label_count=label_count, rng=np.random.default_rng(version.seed))
    laws = {"law": asdict(law) if law else None, "gain": asdict(gain) if gain else None}
    body = {"format": BODY_FORMAT, **asdict(curve), **laws, "label_count": label_count}
    with write_transaction(db):
        add_learning_curve(db, version_id=version_id, body=body, at=utc_text(now))
        append(db, actor, "make_curve", subject=f"version:{version_id}", details={"labels": label_count}, now=now)


def _read_rows(
    db: Database, folder: Path, version: Version, snapshot: Snapshot, tick: Callable[[float, str], None]
) -> TrainingRows:
    learned = learned_groups(db, snapshot)
    return read_training_rows(db, folder, snapshot, learned, fields=_fields_of(db, version), tick=tick)


def _cross_validate(
    rows: TrainingRows, version: Version, *, has_time: Callable[[], bool], tick: Callable[[float, str], None]
) -> Any:
    from hitl.ml.learning_curve import cross_validated_curve  # noqa: PLC0415

    return cross_validated_curve(
        rows.inputs,
        rows.class_ids,
        fields=rows.fields,
        estimator=version.estimator,
        parameters={name: _setting(value) for name, value in version.parameters.items()},
        seed=version.seed,
        has_time=has_time,
        tick=tick,
        pool=rows.pool,
        words=rows.words,
    )


def _fields_of(db: Database, version: Version) -> tuple[Field, ...]:
    """The fields that the version's settings were tried on, with embeddings where its model reads them."""
    fields = learned_fields(read_project(db).fields)
    recipes = [f"{name}-{said.split()[0]}" for name, said in version.libraries.items() if name in EMBEDDING_SIZES]
    return fields + tuple(one for recipe in recipes for one in embedded_fields(fields, recipe))


def _setting(value: object) -> float | str | None:
    return value if value is None or isinstance(value, float | int | str) else str(value)
