"""Saved views: a filter and an order of items under a name, for everybody in the project."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from hitl.access import may, require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NotFound, NotPermitted
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store import saved_views as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction

LONGEST_NAME = 80


def save_view(
    db: Database, *, name: str, chosen: ExploreFilter, order: str, request_id: str, actor: Actor, now: datetime
) -> int:
    """The id of the view that the request made; the same request again makes none.

    Writes: saved_views, saved_view_revisions.

    Raises
    ------
    BadInput
        The name is empty or too long.
    Conflict
        Another view has that name.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        known = store.find_view_of_request(db, request_id)
        if known is not None:
            return known
        title = _free_name(db, name, view_id=None)
        view_id = store.add_view(db, request_id=request_id, actor_id=actor.id, at=utc_text(now))
        body = {"filter": chosen.to_json(), "item_order": order}
        store.add_view_revision(db, view_id=view_id, name=title, **body, actor_id=actor.id, at=utc_text(now))
        append(db, actor, "save_view", subject=f"view:{view_id}", now=now)
        return view_id


def rename_view(db: Database, *, view_id: int, name: str, actor: Actor, now: datetime) -> None:
    """Give a view another name: one's own, or as a lead anybody's. Links to it stay.

    Writes: saved_view_revisions.

    Raises
    ------
    NotFound
        There is no such view.
    NotPermitted
        Somebody else kept it, and the actor is no lead.
    BadInput, Conflict
        As ``save_view``.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        view = _changeable(db, view_id, actor)
        title = _free_name(db, name, view_id=view_id)
        if title != view["name"]:
            _revise(db, {**view, "name": title}, removed=0, actor=actor, now=now)


def remove_view(db: Database, *, view_id: int, actor: Actor, now: datetime) -> None:
    """Take a view off the list, one's own, or as a lead anybody's; what it was stays among the facts.

    Writes: saved_view_revisions.

    Raises
    ------
    NotFound
        There is no such view.
    NotPermitted
        Somebody else kept it, and the actor is no lead.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        _revise(db, _changeable(db, view_id, actor), removed=1, actor=actor, now=now)


def _changeable(db: Database, view_id: int, actor: Actor) -> dict[str, Any]:
    view = _known(db, view_id)
    if view["actor_id"] != actor.id and not may(actor, Permission.SET_POLICY):
        raise NotPermitted(_("This view was kept by somebody else. Ask them or a lead to change it, or keep your own."))
    return view


def _known(db: Database, view_id: int) -> dict[str, Any]:
    view = store.find_view(db, view_id)
    if view is None:
        raise NotFound(_("There is no such view any more. Choose another one, or all items."))
    return view


def _free_name(db: Database, name: str, *, view_id: int | None) -> str:
    title = " ".join(name.split())
    if not title:
        raise BadInput(_("Give the view a name."))
    if len(title) > LONGEST_NAME:
        sentence = _("The name has {found} characters; {fit} fit. Shorten it.")
        raise BadInput(sentence.format(found=f"{len(title):,}", fit=LONGEST_NAME))
    for view in store.list_views(db):
        if view["id"] != view_id and view["name"].casefold() == title.casefold():
            raise Conflict(_("A view “{name}” exists already. Give this one another name.").format(name=view["name"]))
    return title


def _revise(db: Database, view: Mapping[str, Any], *, removed: int, actor: Actor, now: datetime) -> None:
    store.add_view_revision(
        db,
        view_id=view["id"],
        name=view["name"],
        filter=view["filter"],
        item_order=view["item_order"],
        removed=removed,
        actor_id=actor.id,
        at=utc_text(now),
    )
    append(db, actor, "remove_view" if removed else "rename_view", subject=f"view:{view['id']}", now=now)
