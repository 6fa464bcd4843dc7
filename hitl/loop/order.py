"""Order: which flagged items people see first, chosen from many together by the query strategy.

The chosen ones take the first places that flagged items have, and what they push away takes theirs: the places stay
the same, so that audits lie among them as they did.

Where more was said than the version in use has learned from, its recipe is fitted on the labels of now for the choice:
a second's work, whose answers nobody sees and nothing is accepted by.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import fill_embeddings
from hitl.domain.fields import Field, learned_fields
from hitl.encoding import encoder_is_here, ready_embeddings, words_of_classes
from hitl.store.asked_first import WaitingGroup, labelled_groups, put_first, spread_items, waiting_groups
from hitl.store.connection import write_transaction
from hitl.store.events import latest_event_id
from hitl.store.items import fields_of_items
from hitl.store.policies import current_policy
from hitl.store.projects import active_classes, read_project
from hitl.store.versions import champion_id, read_snapshot, read_version

if TYPE_CHECKING:
    import pandas as pd

    from hitl.ml.class_words import ClassWords

HEAD_ITEMS = 200
MOST_WAITING = 5_000
MOST_READ = 2_000
"""So many where the recipe reads their words, which takes milliseconds for a long text."""
MOST_LABELLED = 2_000
POOL_ITEMS = 2_000
"""Items without a label to learn from beside few labels; with twice as many it would take four times as long."""
SMALLEST_STEP = 1e-12  # keeps the chosen ones in their order, and before others, where places are equal


@dataclass(frozen=True)
class _Labelled:
    """An item of each group labelled last and its class, the oldest label first; learned is no class out of use."""

    item_ids: list[int]
    class_ids: NDArray[np.int64]
    is_learned: NDArray[np.bool_]


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
    labelled = _labelled(db)
    places: Mapping[int, float] = {}
    if chosen.head is not None:
        looks_everywhere = chosen.looks_everywhere(labelled.class_ids)
        recipe = None if looks_everywhere else _recipe(db, version_id, labelled)
        limit = MOST_READ if recipe is not None and recipe.reads_words else MOST_WAITING
        waiting = _waiting(db, count, limit, looks_everywhere=looks_everywhere)
        if waiting:
            seen = _seen_together(db, folder, waiting, labelled, recipe, chosen.priority)
            rows = chosen.head(seen, min(count, len(waiting)), version_id or 0)
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


def _labelled(db: Database) -> _Labelled:
    found = labelled_groups(db, limit=MOST_LABELLED)
    class_ids = np.array([class_id for _item_id, class_id in found], dtype=np.int64)
    is_learned = np.isin(class_ids, [one.id for one in active_classes(db)])
    return _Labelled([item_id for item_id, _class_id in found], class_ids, is_learned)


def _waiting(db: Database, count: int, limit: int, *, looks_everywhere: bool) -> list[WaitingGroup]:
    """What to choose from, and the groups whose places the chosen ones get."""
    found = waiting_groups(db, limit=limit, scattered=looks_everywhere)
    firsts = waiting_groups(db, limit=count, scattered=False) if looks_everywhere else []
    return list({one.group_id: one for one in (*found, *firsts)}.values())


def _seen_together(
    db: Database, folder: Path, waiting: Sequence[WaitingGroup], labelled: _Labelled, recipe: Any, judge: Any
) -> Any:
    """What waits, beside what is labelled; judged by the recipe fitted on it, where there is one."""
    from hitl.ml.item_space import place_items  # noqa: PLC0415
    from hitl.ml.strategies.contract import Waiting  # noqa: PLC0415

    pool = spread_items(db, limit=POOL_ITEMS) if recipe is not None and recipe.learns_from_pool else []
    fields, ends = _fields(db, folder), np.cumsum([len(waiting), len(labelled.item_ids)])
    inputs = _inputs(db, folder, fields, [*(one.item_id for one in waiting), *labelled.item_ids, *pool])
    features = place_items(inputs.iloc[: ends[1]], fields, seed=0)
    novelty = np.array([one.novelty for one in waiting])
    priority = np.array([one.priority for one in waiting])
    proba = None
    if recipe is not None:
        reads_words = recipe.learns_from_words and encoder_is_here(db)
        words = words_of_classes(active_classes(db), fields, folder) if reads_words else None
        proba = _quick_proba(recipe, inputs, ends, labelled, fields, words)
    if proba is not None:
        priority = judge(proba, novelty, np.random.default_rng([recipe.seed, len(labelled.item_ids)]))
    return Waiting(features[: ends[0]], priority, novelty, features[ends[0] :], labelled.class_ids)


def _quick_proba(
    recipe: Any,
    inputs: "pd.DataFrame",
    ends: NDArray[np.int64],
    labelled: _Labelled,
    fields: tuple[Field, ...],
    words: "ClassWords | None",
) -> NDArray[np.float64] | None:
    """How likely each class is to what waits; in the inputs that comes first, then what is labelled, then the pool."""
    from hitl.ml.quick_fit import quick_proba  # noqa: PLC0415

    waiting, learned, pool = inputs.iloc[: ends[0]], inputs.iloc[ends[0] : ends[1]], inputs.iloc[ends[1] :]
    y = labelled.class_ids[labelled.is_learned]
    return quick_proba(recipe, learned[labelled.is_learned], y, waiting, fields=fields, pool=pool, words=words)


def _recipe(db: Database, version_id: int | None, labelled: _Labelled) -> Any:
    """What the version in use was made by; None where it has learned all that was said, or too much was said.

    With so many labels a few more change little, and a fit on the latest alone would know less than the version.
    """
    from hitl.ml.quick_fit import Recipe  # noqa: PLC0415

    version = None if version_id is None else read_version(db, version_id)
    if version is None or version.snapshot_id is None:
        return None
    snapshot = read_snapshot(db, version.snapshot_id)
    if max(snapshot.label_count, len(labelled.item_ids)) >= MOST_LABELLED or snapshot.watermark >= latest_event_id(db):
        return None
    return Recipe(version.estimator, version.parameters, version.seed)


def _inputs(db: Database, folder: Path, fields: tuple[Field, ...], item_ids: Sequence[int]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415

    images = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    rows = fill_embeddings(folder, fields)(images.fill(fields_of_items(db, item_ids), fields))
    return prepare_inputs(pd.DataFrame(rows), fields)


def _fields(db: Database, folder: Path) -> tuple[Field, ...]:
    """The learned fields, with embeddings where all items are encoded."""
    fields = learned_fields(read_project(db).fields)
    return fields + ready_embeddings(db, folder, fields)
