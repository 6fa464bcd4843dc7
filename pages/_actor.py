"""Who is here: looked up at every run, callback and fragment, so that what was revoked bites at the next one."""

from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import streamlit as st

from hitl.access import actor_here
from hitl.domain.accounts import Session
from hitl.domain.people import Actor
from hitl.domain.session_cookie import read_token
from hitl.domain.web_path import web_path
from pages._reader import follow_choices

_LAST_PERSON = "last_person"


class HasActor(Protocol):
    """Who acts, and in which project."""

    tandem: Any
    actor: Actor
    slug: str | None


def read_cookies() -> dict[str, str]:
    """The cookies that came with the websocket."""
    return st.context.cookies.to_dict()


def token_here(*, secure: bool) -> str | None:
    """The token of this window's session; whether the session still stands is asked each time."""
    return read_token(read_cookies(), secure=secure)


def begin_anew(person_id: int, session: Session | None) -> None:
    """Forget what an earlier person left in this browser window, and read as this one chose to."""
    if st.session_state.get(_LAST_PERSON, person_id) != person_id:
        st.session_state.clear()
    st.session_state[_LAST_PERSON] = person_id
    follow_choices(session)


def sign_in_address() -> str:
    """The door, and from there back to this page."""
    here = urlsplit(st.context.url or "")
    path = f"{here.path}?{here.query}" if here.query else here.path
    return web_path("/auth/sign-in") + (f"?next={quote(path)}" if path else "")


def actor_of(desk: HasActor, slug: str) -> Actor:
    """Who acts in the project that a button was drawn for, which may not be the one chosen any more."""
    return desk.actor if slug == desk.slug else actor_here(desk.tandem, desk.actor, slug)
