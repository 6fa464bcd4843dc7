"""Order: which flagged items people see first, chosen from many together by the query strategy.

The chosen ones take the first places that flagged items have, and what they push away takes theirs: the places stay
the same, so that audits lie among them as they did.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.encoders.registry import default_encoder
from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import count_kept, fill_embeddings
from hitl.domain.fields import Field, embedded_fields, learned_fields
from hitl.store.asked_first import WaitingGroup, fields_of_items, labelled_groups, put_first, waiting_groups
from hitl.store.connection import write_transaction
from hitl.store.encoding import is_encoder_on, read_encoding
from hitl.store.policies import current_policy
from hitl.store.projects import read_project
from hitl.store.versions import champion_id

HEAD_ITEMS = 200
MOST_WAITING = 5_000
MOST_LABELLED = 2_000
SMALLEST_STEP = 1e-12  # keeps the chosen ones in their order, and before others, where places are equal


def order_queue(db: Database, folder: Path, *, count: int = HEAD_ITEMS) -> int:
    """Put the items that are worth most to ask about at the head of the queue; returns how many.

    Where the query strategy judges each item by itself they have their places already: then none. System only: a step
    of jobs whose asker was checked. Writes: asked_first, queue.

    Parameters
    ----------
    count : int
        How many places are given; those behind them are ordered by the priority of each item.
    """
    from hitl.ml.strategies.registry import strategy  # noqa: PLC0415  scikit-learn stays off the pages' start-up path

    chosen, version_id = strategy(current_policy(db).query_strategy), champion_id(db)
    labelled = labelled_groups(db, limit=MOST_LABELLED)
    places: Mapping[int, float] = {}
    if chosen.head is not None:
        class_ids = np.array([class_id for _item_id, class_id in labelled], dtype=np.int64)
        waiting = _waiting(db, count, looks_everywhere=chosen.looks_everywhere(class_ids))
        if waiting:
            rows = chosen.head(_seen_together(db, folder, waiting, labelled), min(count, len(waiting)), version_id or 0)
            places = give_places(waiting, rows.tolist())
    with write_transaction(db):
        put_first(db, places, version_id=version_id)
    return min(count, len(places))


def give_places(waiting: Sequence[WaitingGroup], rows: Sequence[int]) -> dict[int, float]:
    """Group id → place in the queue: the chosen rows have the first places, those they pushed away have theirs.

    >>> waiting = [WaitingGroup(7, 1, 0.1, 0.0), WaitingGroup(8, 2, 0.3, 0.0), WaitingGroup(9, 3, 0.6, 0.0)]
    >>> give_places(waiting, [2])
    {9: 0.099999999999, 7: 0.6}
    """
    by_place = sorted(waiting, key=lambda one: (one.priority, one.group_id))
    chosen = [waiting[row] for row in rows]
    firsts, taken = by_place[: len(chosen)], {one.group_id for one in chosen}
    places = {
        one.group_id: place.priority - SMALLEST_STEP * (len(chosen) - turn)
        for turn, (one, place) in enumerate(zip(chosen, firsts, strict=True))
    }
    pushed = [one for one in firsts if one.group_id not in taken]
    kept = {one.group_id for one in firsts}
    left = sorted(one.priority for one in chosen if one.group_id not in kept)
    return places | {one.group_id: place for one, place in zip(pushed, left, strict=True)}


def _waiting(db: Database, count: int, *, looks_everywhere: bool) -> list[WaitingGroup]:
    """What to choose from, and the groups whose places the chosen ones get."""
    found = waiting_groups(db, limit=MOST_WAITING, scattered=looks_everywhere)
    firsts = waiting_groups(db, limit=count, scattered=False) if looks_everywhere else []
    return list({one.group_id: one for one in (*found, *firsts)}.values())


def _seen_together(
    db: Database, folder: Path, waiting: Sequence[WaitingGroup], labelled: Sequence[tuple[int, int]]
) -> Any:
    from hitl.ml.strategies.contract import Waiting  # noqa: PLC0415

    item_ids = [one.item_id for one in waiting] + [item_id for item_id, _class_id in labelled]
    features = _place(db, folder, item_ids)
    return Waiting(
        features=features[: len(waiting)],
        priority=np.array([one.priority for one in waiting]),
        novelty=np.array([one.novelty for one in waiting]),
        labelled_features=features[len(waiting) :],
        labelled_class_ids=np.array([class_id for _item_id, class_id in labelled], dtype=np.int64),
    )


def _place(db: Database, folder: Path, item_ids: Sequence[int]) -> NDArray[np.float32]:
    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415
    from hitl.ml.item_space import place_items  # noqa: PLC0415

    fields = _fields(db, folder)
    images = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    rows = fill_embeddings(folder, fields)(images.fill(fields_of_items(db, item_ids), fields))
    return place_items(prepare_inputs(pd.DataFrame(rows), fields), fields, seed=0)


def _fields(db: Database, folder: Path) -> tuple[Field, ...]:
    """The learned fields, with embeddings where all items are encoded."""
    fields, encoder = learned_fields(read_project(db).fields), default_encoder()
    is_ready = read_encoding(db, encoder.recipe).is_done(count_kept(folder, encoder)) and is_encoder_on(db)
    return fields + (embedded_fields(fields, encoder.recipe) if is_ready else ())
