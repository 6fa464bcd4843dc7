"""A one-time link that was just made on a page, kept in the session until it was copied."""

from urllib.parse import urlsplit

import streamlit as st

from hitl.domain.accounts import MadeLink
from hitl.domain.web_path import web_path
from hitl.ui.made_link import LinkToCopy, draw_made_link
from pages._session import DeskContext

_MADE = "made_link"
_ANY_URL = "http://localhost"


def keep_link(desk: DeskContext, made: MadeLink, name: str) -> None:
    """Show the link when the page draws again, until somebody says it is copied."""
    path = f"/auth/link/{made.token}"
    here = urlsplit(st.context.url or _ANY_URL)
    address = f"{desk.address}{path}" if desk.address else f"{here.scheme}://{here.netloc}{web_path(path)}"
    st.session_state[_MADE] = LinkToCopy(name, made.kind, address, made.expires_at, bool(desk.address))


def draw_link() -> None:
    """Draw the link that was just made, if there is one."""
    link = st.session_state.get(_MADE)
    if link is not None:
        draw_made_link(link, on_done=forget_link)


def forget_link() -> None:
    """A callback: the link is copied."""
    st.session_state.pop(_MADE, None)
