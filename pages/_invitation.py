"""Somebody new is invited from the People page: into the chosen project, or to the site alone."""

from functools import partial

import streamlit as st

from hitl.domain.accounts import read_name
from hitl.domain.errors import HitlError
from hitl.loop.access_links import invite
from hitl.ui.member_list import draw_invite
from pages._made_link import keep_link
from pages._session import acting_desk


def draw_invitation(prefix: str, *, slug: str | None) -> None:
    """Draw the form; several of them on one page need prefixes of their own."""
    problem = st.session_state.pop(f"{prefix}_problem", "")
    on_invite = partial(invite_somebody, prefix, slug=slug)
    draw_invite(prefix, problem=problem, on_invite=on_invite, takes_role=slug is not None)


def invite_somebody(prefix: str, *, slug: str | None) -> None:
    """A callback: somebody new has an account and a link to copy; what is wrong is said in the form."""
    name, login = st.session_state[f"{prefix}_name"], st.session_state[f"{prefix}_login"]
    with acting_desk() as desk:
        roles = {slug: st.session_state[f"{prefix}_role"]} if slug else {}
        try:
            made = invite(desk.tandem, name=name, login=login, roles=roles, actor=desk.actor, now=desk.now)
        except HitlError as error:
            st.session_state[f"{prefix}_problem"] = str(error)
            return
        keep_link(desk, made, read_name(name))
        st.session_state[f"{prefix}_name"] = st.session_state[f"{prefix}_login"] = ""
