"""Explain: why the version in use answers as it does, and which decided items are like it.

For the head of the queue ahead of time, for other items when somebody asks.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.artifacts import read_artifact
from hitl.adapters.image_features import ImageFeatures
from hitl.adapters.text_embeddings import embed_unkept, fill_embeddings
from hitl.domain.clock import utc_text
from hitl.domain.covers import Covers, uncovered
from hitl.domain.errors import NotFound
from hitl.domain.fields import Field, learned_fields
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Version
from hitl.store import explanations as store
from hitl.store.connection import write_transaction
from hitl.store.derived import item_state_of
from hitl.store.field_covers import current_covers, newest_cover_id
from hitl.store.projects import read_project
from hitl.store.versions import champion_id, read_version

if TYPE_CHECKING:
    import pandas as pd

HEAD_PLACES = 200
URGENT_PLACES = 50
FEWEST_AT_A_TIME = 25
LATEST_EVENTS = 3_000  # precedents are looked for among what the latest of them resolved
_DIGITS = 3

Prepare = Callable[[Sequence[Mapping[str, Any]]], "pd.DataFrame"]


class Explainer:
    """A version loaded to explain its answers; it counts as long as the same fields are hidden.

    Parameters
    ----------
    db : Database
    folder : Path
        The project's.
    version : Version
        One with a model.

    Raises
    ------
    UntrustedModelFile, StoreUnusable, NotFound
        The model file is tampered with, foreign, of another library version, or not there.
    """

    def __init__(self, db: Database, folder: Path, version: Version) -> None:
        from hitl.ml.model_files import load_model  # noqa: PLC0415  scikit-learn stays off the pages' start-up path

        self.version_id = version.id
        self.cover_id = newest_cover_id(db)
        self._covers = current_covers(db)
        self._fields = learned_fields(read_project(db).fields)
        self._model = load_model(read_artifact(folder / "artifacts", version.artifact_sha256 or ""))
        self._prepare = _preparer(folder, self._model.fields, fill_embeddings(folder, self._model.fields))
        self._prepare_unkept = _preparer(folder, self._model.fields, embed_unkept(self._model.fields))
        self._neighbourhood: Any = None
        self._known: tuple[int, ...] = ()

    def counts(self, db: Database) -> bool:
        """Whether its version predicts and the fields are hidden that were hidden when it was loaded."""
        return (champion_id(db), newest_cover_id(db)) == (self.version_id, self.cover_id)

    def explain(self, db: Database, items: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, object]]:
        """The body of each item's explanation by its id; of an item whose classes the model does not know nothing."""
        from hitl.ml.explain.reasons import explain_items  # noqa: PLC0415

        known = set(self._model.class_ids.tolist())
        items = [item for item in items if {item["class_id"], item["runner_up_id"]} <= known]
        if not items:
            return {}
        found = explain_items(
            self._model,
            [item["fields"] for item in items],
            class_ids=np.array([item["class_id"] for item in items], dtype=np.int64),
            against_ids=np.array([item["runner_up_id"] for item in items], dtype=np.int64),
            fields=uncovered(self._fields, self._covers),
            prepare=self._prepare_unkept,
        )
        near = self._precedents(db, items)
        return {item["id"]: _body(item, one, near[item["id"]]) for item, one in zip(items, found, strict=True)}

    def _precedents(self, db: Database, items: Sequence[Mapping[str, Any]]) -> dict[int, tuple[int, ...]]:
        """Item ids of the nearest decided items. Hidden fields count for none: nearness would tell what is in them."""
        from hitl.ml.explain.neighbours import build_neighbourhood, find_nearest  # noqa: PLC0415

        resolved = store.latest_resolved(db, event_count=LATEST_EVENTS)
        ids = tuple(item["id"] for item in resolved)
        if ids != self._known or self._neighbourhood is None:
            groups = [item["group_id"] for item in resolved]
            self._neighbourhood = build_neighbourhood(self._model, self._shown_inputs(resolved), ids, groups)
            self._known = ids
        groups = [item["group_id"] for item in items]
        near = find_nearest(self._model, self._shown_inputs(items), groups, self._neighbourhood)
        return {item["id"]: one for item, one in zip(items, near, strict=True)}

    def _shown_inputs(self, items: Sequence[Mapping[str, Any]]) -> "pd.DataFrame":
        return self._prepare([_without(item["fields"], self._covers) for item in items])


def ask_why(db: Database, *, item_id: int, actor: Actor, now: datetime) -> None:
    """Ask that the worker explains an item. Writes: explanation_wishes.

    Raises
    ------
    NotFound
        There is no such item any more.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        if item_state_of(db, item_id) is None:
            raise NotFound(_("There is no such item any more. Reload the page."))
        store.add_wish(db, item_id, at=utc_text(now))


def find_unexplained(db: Database) -> list[int]:
    """The items to explain now: what was asked for, then the head of the queue, once enough of it is missing.

    Changes nothing.
    """
    missing = store.unexplained_head(db, places=HEAD_PLACES)
    is_due = len(missing) >= FEWEST_AT_A_TIME or any(place <= URGENT_PLACES for place, _item in missing)
    wished = store.unexplained_wishes(db)
    return list(dict.fromkeys([*wished, *(item_id for _place, item_id in missing if is_due)]))


def find_explainable(db: Database) -> Version | None:
    """The version in use, where it has a model that can be loaded. Changes nothing."""
    version_id = champion_id(db)
    version = None if version_id is None else read_version(db, version_id)
    has_model = version is not None and version.artifact_sha256 is not None and not version.is_retired
    return version if has_model else None


def explain_items(db: Database, explainer: Explainer, item_ids: Sequence[int], *, now: datetime) -> int:
    """Explain some items; how many. What no longer counts is removed.

    System only: the worker's, for whoever may look at an item. Writes: explanations, explanation_wishes.
    """
    items = store.items_to_explain(db, item_ids)
    bodies: dict[int, dict[str, object]] = {item_id: {} for item_id in item_ids}
    bodies |= explainer.explain(db, items)
    which = {"version_id": explainer.version_id, "cover_id": explainer.cover_id}
    store.drop_outdated(db, count=len(item_ids) + FEWEST_AT_A_TIME)
    return store.add_explanations(db, bodies, **which, at=utc_text(now))


def _preparer(folder: Path, fields: Sequence[Field], embed: Callable[..., list[Mapping[str, Any]]]) -> Prepare:
    import pandas as pd  # noqa: PLC0415

    from hitl.ml.image_features import FEATURE_COUNT, RECIPE, describe_images  # noqa: PLC0415
    from hitl.ml.inputs import prepare_inputs  # noqa: PLC0415

    features = ImageFeatures(folder, recipe=RECIPE, feature_count=FEATURE_COUNT, describe=describe_images)
    return lambda rows: prepare_inputs(pd.DataFrame(embed(features.fill(list(rows), fields))), fields)


def _without(values: Mapping[str, Any], covers: Covers) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in covers}


def _body(item: Mapping[str, Any], found: Any, near: Sequence[int]) -> dict[str, object]:
    return {
        "against": item["runner_up_id"],
        "words": [[one.field, one.start, one.end, round(one.weight, _DIGITS)] for one in found.words],
        "fields": [[one.field, round(one.weight, _DIGITS)] for one in found.fields],
        "near": list(near),
    }
