"""How many labels each class has, as a card of a page."""

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from hitl.domain.language import _
from hitl.ui.figures import Drawable, draw_chart
from hitl.ui.page_link import draw_page_link
from hitl.views.labels import ClassCount

_SHOWN_CLASSES = 12
_HEIGHT = 380


def draw_class_card(
    chart: Drawable, classes: Sequence[ClassCount], *, key: str, height: Literal["content", "stretch"] = "content"
) -> None:
    """Draw the chart of labels by class as a card; with many classes it scrolls inside."""
    with st.container(border=True, height=height):
        st.subheader(_("Labels by class"), anchor=False)
        if not classes:
            st.caption(_("This project has no classes yet."))
            draw_page_link("settings", _("Add classes"))
            return
        with st.container(height=_HEIGHT if len(classes) > _SHOWN_CLASSES else "content", border=False):
            draw_chart(chart, key=key)
