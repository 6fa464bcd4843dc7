"""Evaluate: a version is measured on test labels alone, source by source."""

from datetime import datetime

import numpy as np
from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.people import Actor, Permission
from hitl.store import versions as store
from hitl.store.connection import write_transaction
from hitl.store.projects import active_classes

_SOURCES = {"imported_test": "import", "drawn_test": "draw"}


def evaluate_version(db: Database, *, version_id: int, actor: Actor, now: datetime) -> None:
    """Measure a version on the imported and on the drawn test labels, where there are any.

    It reads the version's predictions, so these must be there. Test groups are in no training snapshot.
    A job measures as the system: its asker was checked when the job was asked for. Writes: evaluations.
    """
    from hitl.ml.metrics import evaluate  # noqa: PLC0415  scikit-learn stays off the pages' start-up path

    require(actor, Permission.TRAIN)
    shown = np.array([label_class.id for label_class in active_classes(db)], dtype=np.int64)
    for source, origin in _SOURCES.items():
        pairs = store.tested_pairs(db, version_id, origin)
        if not pairs:
            continue
        evaluation = evaluate(
            np.array([pair["true_class_id"] for pair in pairs], dtype=np.int64),
            np.array([pair["class_id"] for pair in pairs], dtype=np.int64),
            np.array([pair["confidence"] for pair in pairs], dtype=np.float64),
            shown,
        )
        with write_transaction(db):
            store.add_evaluation(
                db,
                version_id=version_id,
                source=source,
                label_count=len(pairs),
                body=evaluation.to_json(),
                at=utc_text(now),
            )
