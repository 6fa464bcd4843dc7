"""Hidden fields on the pages: which they are, and their values for who may read them."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.covers import Cover
from hitl.domain.fields import stored_fields
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.privacy import cover_fields, read_hidden
from hitl.ui.hidden_fields import draw_cover_form, draw_opener, draw_values
from hitl.views.covers import indexing_text, read_covers
from hitl.views.item_detail import ItemDetail
from pages._session import PageContext, acting, notify

_OPENED = "hidden_of_item"


def draw_hidden_fields(page: PageContext) -> None:
    """Draw what is hidden from whom, for the owner to change."""
    draw_cover_form(stored_fields(page.project.fields), read_covers(page.db), slug=page.slug, on_save=save)
    told = indexing_text(page.db)
    if told:
        st.info(told, icon=":material/manage_search:")


def draw_covered(page: PageContext, item: ItemDetail) -> None:
    """Draw the way to an item's hidden fields, or their values once it was asked for them."""
    if not item.covered_names or not may(page.actor, Permission.SEE_HIDDEN):
        return
    if st.session_state.get(_OPENED) == (page.slug, item.item_id):
        draw_values(read_hidden(page.db, item_id=item.item_id, actor=page.actor, now=page.now))
        return
    draw_opener(len(item.covered_names), on_open=partial(open_hidden, page.slug, item.item_id))


def open_hidden(slug: str, item_id: int) -> None:
    """A callback: the hidden fields of that item are drawn until another is opened."""
    st.session_state[_OPENED] = (slug, item_id)


def save(covers: dict[str, Cover]) -> None:
    """A callback: these fields are hidden or masked from now on."""
    with acting() as page:
        cover_fields(page.db, covers, actor=page.actor, now=page.now)
        notify(_("Saved."))
