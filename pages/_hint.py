"""What class an item looks like by the words of the classes alone, on the Explore page."""

import streamlit as st

from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.views.hints import read_hint_of_item
from hitl.views.item_detail import ItemDetail
from hitl.views.wording import plain
from pages._session import PageContext


def draw_hint(page: PageContext, item: ItemDetail) -> None:
    """Draw the hint, where there is one; the encoder that it needs may be missing, which the search says."""
    try:
        with st.spinner(_("Comparing what the items mean")):
            hint = read_hint_of_item(page.db, page.folder, item)
    except NotFound:
        return
    if hint:
        st.caption(f":material/lightbulb: {plain(hint)}")
