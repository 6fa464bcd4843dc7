"""The saved views of a project, as Explore lists and opens them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.explore_filter import ExploreFilter
from hitl.store import saved_views as store
from hitl.views.filter_words import describe_filter


@dataclass(frozen=True)
class SavedView:
    """A filter and an order under a name; ``words`` says what the filter narrows to."""

    id: int
    name: str
    chosen: ExploreFilter
    order: str
    words: str


def list_saved_views(db: Database) -> tuple[SavedView, ...]:
    """The views of a project, by name."""
    return tuple(_view(db, row) for row in store.list_views(db))


def read_saved_view(db: Database, view_id: int) -> SavedView | None:
    """One view, or None when there is none of that id."""
    row = store.find_view(db, view_id)
    return _view(db, row) if row else None


def _view(db: Database, row: Mapping[str, Any]) -> SavedView:
    chosen = ExploreFilter.from_json(row["filter"])
    return SavedView(row["id"], row["name"], chosen, row["item_order"], describe_filter(db, chosen))
