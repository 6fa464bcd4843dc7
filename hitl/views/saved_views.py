"""The saved views of a project, as Explore lists and opens them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.access import may
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.people import Actor, Permission
from hitl.store import saved_views as store
from hitl.views.explore_address import ExploreState
from hitl.views.explore_choices import ExploreDesk
from hitl.views.filter_words import describe_filter

_LONGEST_ID = 19


@dataclass(frozen=True)
class SavedView:
    """A filter and an order under a name, and who keeps it; ``words`` says what the filter narrows to."""

    id: int
    name: str
    chosen: ExploreFilter
    order: str
    words: str
    actor_id: int


def list_saved_views(db: Database) -> tuple[SavedView, ...]:
    """The views of a project, by name."""
    return tuple(_view(db, row) for row in store.list_views(db))


def find_linked_view(db: Database, asked: str) -> SavedView | None:
    """The view whose id stands in an address, or None when there is none."""
    is_id = asked.isascii() and asked.isdigit() and len(asked) < _LONGEST_ID
    row = store.find_view(db, int(asked)) if is_id else None
    return _view(db, row) if row else None


def state_of(view: SavedView, desk: ExploreDesk) -> ExploreState:
    """What the filters of Explore say when they are the view's."""
    order = view.order if view.order in desk.choices.orders else desk.choices.orders[0]
    return ExploreState(view.chosen, order, desk.choices.splits[0])


def changeable_views(views: Iterable[SavedView], actor: Actor) -> frozenset[int]:
    """The ids of those that an actor may rename and remove: their own, or as a lead all."""
    if may(actor, Permission.SET_POLICY):
        return frozenset(view.id for view in views)
    return frozenset(view.id for view in views if view.actor_id == actor.id and may(actor, Permission.REVIEW))


def _view(db: Database, row: Mapping[str, Any]) -> SavedView:
    chosen = ExploreFilter.from_json(row["filter"])
    return SavedView(row["id"], row["name"], chosen, row["item_order"], describe_filter(db, chosen), row["actor_id"])
