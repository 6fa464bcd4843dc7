"""The saved views of a project behind one button: open one, keep the present one, rename or remove."""

from collections.abc import Callable, Container, Sequence

import streamlit as st

from hitl.domain.language import _
from hitl.loop.saved_views import LONGEST_NAME
from hitl.views.saved_views import SavedView
from hitl.views.wording import plain

NAME_KEY, CHANGED_KEY, NEW_NAME_KEY = "view_name", "view_changed", "view_new_name"


def draw_saved_views(
    views: Sequence[SavedView],
    *,
    present: str,
    link: str,
    on_open: Callable[[SavedView], None],
    on_keep: Callable[[], None] | None,
    on_rename: Callable[[], None],
    on_remove: Callable[[], None],
    changeable: Container[int],
) -> None:
    """Draw the views to open, and the form that keeps what the filters say now (``present``) under a name.

    ``link`` is an address that a view's number is put at the end of. ``on_keep`` is None for who may keep none;
    ``changeable`` are the views that may be renamed and removed.
    """
    with st.popover(_("Views"), icon=":material/bookmarks:", key="views"):
        if not views:
            st.caption(_("A view is a filter with its order, kept under a name for everybody in the project."))
        for view in views:
            _draw_view(view, on_open)
        if on_keep is not None:
            st.text_input(_("Keep what is shown now as"), key=NAME_KEY, max_chars=LONGEST_NAME, placeholder=_("a name"))
            st.caption(plain(present))
            st.button(_("Keep view"), key="view_keep", icon=":material/bookmark_add:", on_click=on_keep)
        if views:
            _draw_changes(views, changeable, link=link, on_rename=on_rename, on_remove=on_remove)


def _draw_view(view: SavedView, on_open: Callable[[SavedView], None]) -> None:
    with st.container(gap=None):
        st.button(
            plain(view.name),
            key=f"view_{view.id}",
            type="tertiary",
            icon=":material/bookmark:",
            on_click=on_open,
            args=(view,),
        )
        st.caption(plain(view.words))


def _draw_changes(
    views: Sequence[SavedView],
    changeable: Container[int],
    *,
    link: str,
    on_rename: Callable[[], None],
    on_remove: Callable[[], None],
) -> None:
    names = {view.id: view.name for view in views}
    with st.expander(_("Share, rename or remove")):
        if st.session_state.get(CHANGED_KEY) not in names:
            st.session_state[CHANGED_KEY] = views[0].id
        chosen = st.selectbox(_("View"), list(names), format_func=lambda one: names.get(one, "?"), key=CHANGED_KEY)
        st.code(f"{link}{chosen}", language=None, wrap_lines=True)
        if chosen not in changeable:
            st.caption(_("Somebody else kept it: they or a lead can rename and remove it."))
            return
        st.text_input(_("New name"), key=NEW_NAME_KEY, max_chars=LONGEST_NAME)
        with st.container(horizontal=True, gap="small"):
            st.button(_("Rename"), key="view_rename", on_click=on_rename)
            st.button(_("Remove"), key="view_remove", icon=":material/delete:", on_click=on_remove)
