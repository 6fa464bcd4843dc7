"""Links to pages of the door, in the same window: Streamlit's own links open another one."""

from html import escape

import streamlit as st

_QUIET = "color:inherit;font-size:.875rem;text-underline-offset:.15em;white-space:nowrap"
_BUTTON = (
    "display:inline-block;padding:.5rem 1.1rem;border-radius:8px;background:#3457d5;color:#fff;font-weight:600;"
    "text-decoration:none"
)

_QUIET_BUTTON = (
    "display:inline-block;padding:.45rem .8rem;border-radius:8px;color:inherit;font-size:.875rem;text-decoration:none;"
    "border:1px solid color-mix(in srgb, currentColor 20%, transparent)"
)


def draw_door_link(text: str, address: str) -> None:
    """Draw a quiet link; both texts are escaped."""
    _draw(text, address, _QUIET)


def draw_door_button(text: str, address: str) -> None:
    """Draw a link that looks like a button, for the one thing to do; both texts are escaped."""
    _draw(text, address, _BUTTON)


def draw_quiet_button(text: str, address: str) -> None:
    """Draw a link that looks like one button among others; both texts are escaped."""
    _draw(text, address, _QUIET_BUTTON)


def _draw(text: str, address: str, style: str) -> None:
    st.html(f'<a href="{escape(address)}" target="_self" style="{style}">{escape(text)}</a>', width="content")
