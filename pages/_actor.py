"""Who is here: looked up at every run, callback and fragment, so that what was revoked bites at the next one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote, urlsplit

import streamlit as st
from sqlite_utils import Database

from hitl.access import actor_here, actor_in
from hitl.domain.accounts import Session
from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor
from hitl.domain.session_cookie import read_token
from hitl.domain.web_path import web_path
from hitl.views.visitor import find_visitor
from pages._reader import follow_choices

_LAST_PERSON = "last_person"


class HasActor(Protocol):
    """Who acts, and in which project."""

    tandem: Database
    actor: Actor
    slug: str | None


class SignedOut(NotPermitted):
    """The session is over, or the account was closed."""


@dataclass(frozen=True)
class Here:
    """Who acts, and in which session; the local owner, while nobody has an account, has none."""

    actor: Actor
    session: Session | None


def find_actor(tandem: Database, slug: str | None, *, secure: bool, now: datetime) -> Here:
    """Who this run is for, with the role in a project; the gate lets the local owner in while nobody has an account."""
    visitor = find_visitor(tandem, read_token(read_cookies(), secure=secure), now=now)
    if not visitor.has_accounts:
        return Here(LOCAL_OWNER, None)
    try:
        if visitor.session is not None:
            return Here(actor_in(tandem, visitor.session.person_id, slug), visitor.session)
    except NotPermitted as error:
        raise SignedOut(str(error)) from error
    raise SignedOut(_("Your session is over: you signed out, or it was ended. What you decided is saved."))


def read_cookies() -> dict[str, str]:
    """The cookies that came with the websocket; whether the session still stands is asked each time."""
    return st.context.cookies.to_dict()


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
