"""The parts of a page as tabs, each drawn from when it is first opened."""

from collections.abc import Callable, Sequence

import streamlit as st

Part = tuple[str, Callable[[], None]]


def draw_parts(parts: Sequence[Part], *, key: str) -> None:
    """Draw the part that is open, and those that were open before: what was begun in them is not lost.

    Parameters
    ----------
    parts : sequence of (title, draw)
        At least one; titles differ.
    key : str
        Holds the title of the open part in the session.
    """
    kept = f"{key}_opened"
    if key not in st.session_state:  # the page is new to the reader
        st.session_state[kept] = set()
    opened: set[int] = st.session_state.setdefault(kept, set())
    tabs = st.tabs([title for title, _draw in parts], key=key, on_change="rerun")
    for place, (tab, (_title, draw)) in enumerate(zip(tabs, parts, strict=True)):
        if tab.open:
            opened.add(place)
        if place in opened:
            with tab:
                draw()
