"""Saved views on the Explore page: opened by a click or a link, kept, renamed, removed."""

from functools import partial
from urllib.parse import quote

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.saved_views import remove_view, rename_view, save_view
from hitl.ui.explore_filters import show_state
from hitl.ui.saved_views import CHANGED_KEY, NAME_KEY, NEW_NAME_KEY, draw_saved_views
from hitl.views.explore_address import ExploreState
from hitl.views.explore_choices import ExploreDesk, read_explore_desk
from hitl.views.filter_words import describe_filter
from hitl.views.saved_views import SavedView, changeable_views, find_linked_view, list_saved_views, state_of
from pages._session import PageContext, acting, notify, renew, request_id

_OPTION = "view"


def take_view(page: PageContext, desk: ExploreDesk) -> None:
    """Let the filters be those of the view that the address names, once; one that is gone is said to be."""
    asked = st.query_params.pop(_OPTION, None)
    if asked is None:
        return
    view = find_linked_view(page.db, asked)
    if view is None:
        st.warning(_("The view of this link is not there any more. All items are shown."), icon=":material/search_off:")
    else:
        show_state(state_of(view, desk), desk)


def draw_views(page: PageContext, state: ExploreState) -> None:
    """Draw the button with the views of the project."""
    base, views = (st.context.url or "").partition("?")[0].rstrip("/"), list_saved_views(page.db)
    draw_saved_views(
        views,
        present=describe_filter(page.db, state.chosen),
        link=f"{base}?project={quote(page.slug)}&{_OPTION}=",
        on_open=open_view,
        on_keep=partial(keep, state) if may(page.actor, Permission.REVIEW) else None,
        on_rename=rename,
        on_remove=remove,
        changeable=changeable_views(views, page.actor),
    )


def open_view(view: SavedView) -> None:
    """A callback: the filters become the view's."""
    with acting() as page:
        desk = read_explore_desk(page.db)
        show_state(state_of(view, desk), desk)


def keep(state: ExploreState) -> None:
    """A callback: what is shown now is a view of that name."""
    with acting() as page:
        name = st.session_state[NAME_KEY]
        how = {"request_id": request_id(f"view.{page.slug}.{name}"), "actor": page.actor, "now": page.now}
        save_view(page.db, name=name, chosen=state.chosen, order=state.order, **how)
        renew(f"view.{page.slug}.{name}")
        st.session_state[NAME_KEY] = ""
        notify(_("The view is kept."))


def rename() -> None:
    """A callback: the view has another name."""
    with acting() as page:
        view_id, name = st.session_state[CHANGED_KEY], st.session_state[NEW_NAME_KEY]
        rename_view(page.db, view_id=view_id, name=name, actor=page.actor, now=page.now)
        st.session_state[NEW_NAME_KEY] = ""


def remove() -> None:
    """A callback: the view is gone from the list."""
    with acting() as page:
        remove_view(page.db, view_id=st.session_state[CHANGED_KEY], actor=page.actor, now=page.now)
