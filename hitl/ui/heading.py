"""The title of a page, with room beside it for its state or one action."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hitl.views.wording import plain


def draw_heading(title: str) -> DeltaGenerator:
    """Draw a page's title; the row it stands in, for a badge or button at its other end."""
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    row.title(plain(title), anchor=False, width="content")
    return row
