"""Links to our own pages, drawn for those alone who may open the page."""

from collections.abc import Mapping
from typing import Literal

import streamlit as st

_CLOSED = "closed_pages"


def keep_closed(pages: frozenset[str]) -> None:
    """Note which pages, by their file's name, are closed to whoever this run is for; before anything is drawn."""
    st.session_state[_CLOSED] = pages


def is_open(page: str) -> bool:
    """Whether whoever this run is for may open a page, by its file's name."""
    return page not in st.session_state.get(_CLOSED, frozenset())


def draw_page_link(
    page: str,
    label: str,
    *,
    icon: str = ":material/arrow_forward:",
    icon_position: Literal["left", "right"] = "left",
    width: Literal["content", "stretch"] = "content",
    query_params: Mapping[str, str] | None = None,
) -> None:
    """Draw the link to a page, by its file's name; nothing where the page is closed."""
    if is_open(page):
        where, options = f"{page}.py", dict(query_params) if query_params else None
        st.page_link(where, label=label, icon=icon, icon_position=icon_position, width=width, query_params=options)
