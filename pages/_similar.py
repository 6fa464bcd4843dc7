"""What the list on the Explore page shows: all items that fit, or the nearest of them to a sentence or an item."""

import streamlit as st

from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.loop.nearest import can_compare
from hitl.ui.explore_filters import find_like
from hitl.views.explore import ItemPage, read_items
from hitl.views.explore_address import ExploreState
from hitl.views.histogram import slice_of
from hitl.views.similar_items import read_similar
from pages._session import PageContext


def read_listed(page: PageContext, state: ExploreState, number: int) -> ItemPage:
    """A page of the list, from 1; where nothing can be compared, why."""
    how = {"page": number, "slice_field": slice_of(state.split), "slug": page.slug}
    if state.like is None:
        return read_items(page.db, state.chosen, order=state.order, **how)
    try:
        with st.spinner(_("Comparing what the items mean")):
            return read_similar(page.db, page.folder, state.chosen, state.like, **how)
    except HitlError as error:
        return ItemPage((), 0, refusal=str(error))


def draw_find_similar(page: PageContext, external_id: str) -> None:
    """Draw the button that lists the items nearest to one; nothing where no text could be compared."""
    if can_compare(page.db):
        st.button(
            _("Find similar items"),
            key="find_similar",
            icon=":material/join_inner:",
            on_click=find_like,
            args=(external_id,),
        )
