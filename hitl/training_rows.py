"""What a version learns from: the labels of a snapshot, and beside few of them a pool and the words of classes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import fill_embeddings
from hitl.domain.fields import Field, Role
from hitl.domain.language import _
from hitl.domain.records import Snapshot
from hitl.encoding import words_of_classes
from hitl.store.snapshot_rows import LearnedGroups, pool_rows, worded_classes

if TYPE_CHECKING:
    import pandas as pd

    from hitl.ml.class_words import ClassWords

POOL_ROLES = {Role.EMBEDDING, Role.IMAGE}
POOL_ITEMS = 4_000
"""Items without a label that a model may learn from beside few labels."""


@dataclass(frozen=True)
class TrainingRows:
    """Inputs of some fields, a row a group, and what else there is to learn from.

    Attributes
    ----------
    inputs : DataFrame, shape (n_groups, n_columns)
        From `prepare_inputs`.
    class_ids : ndarray of int64, shape (n_groups,)
    fields : tuple of Field
    pool : DataFrame, shape (n_pool, n_columns), or None
        None where there are many labels, or no field that items without one can be told near by.
    words : ClassWords or None
    """

    inputs: "pd.DataFrame"
    class_ids: NDArray[np.int64]
    fields: tuple[Field, ...]
    pool: "pd.DataFrame | None"
    words: "ClassWords | None"


def read_training_rows(
    db: Database,
    folder: Path,
    snapshot: Snapshot,
    learned: LearnedGroups,
    *,
    fields: tuple[Field, ...],
    tick: Callable[[float, str], None],
) -> TrainingRows:
    """The items of a snapshot as models of these fields learn from them; the same ones each time.

    Features of images and texts that are not kept in the project's folder yet are computed and kept.

    Parameters
    ----------
    learned : LearnedGroups
        Of the snapshot.
    fields : tuple of Field
        Learned ones, with embeddings where models read texts by them.
    tick : callable (share, note)
        Called while images are looked at; what it raises ends the reading.

    Raises
    ------
    NotFound
        A field names an encoder, or a version of one, that is not here.
    """
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415  scikit-learn stays off the pages' start-up path
    from hitl.ml.label_spreading import MOST_LABELS  # noqa: PLC0415

    features = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    embed = fill_embeddings(folder, fields)

    def prepare(values: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
        return prepare_inputs(pd.DataFrame(embed(features.fill(values, fields, tick=_telling(tick)))), fields)

    pool = words = None
    if {field.role for field in fields} & POOL_ROLES and len(learned.rows) <= MOST_LABELS:
        pool = prepare(pool_rows(db, snapshot, labelled=learned.group_ids, limit=POOL_ITEMS))
        words = words_of_classes(worded_classes(db, snapshot), fields, folder)
    return TrainingRows(prepare(learned.rows), np.array(learned.class_ids, dtype=np.int64), fields, pool, words)


def _telling(tick: Callable[[float, str], None]) -> Callable[[int, int], None]:
    sentence = _("Looking at the images ({done} of {total})")
    return lambda done, total: tick(0.0, sentence.format(done=f"{done:,}", total=f"{total:,}"))
