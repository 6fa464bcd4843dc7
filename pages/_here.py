"""Who is here, at the foot of the sidebar, with the way out; and the page of whoever is signed out."""

import streamlit as st

from hitl.domain.accounts import Session
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.domain.web_path import web_path
from hitl.ui.door_link import draw_door_button, draw_door_link
from hitl.ui.page_link import draw_page_link
from hitl.views.wording import plain
from pages._actor import sign_in_address


def draw_here(actor: Actor, session: Session | None) -> None:
    """The name, which leads to one's own page, and beside it the way out; the local owner may add people instead."""
    name = _("Local owner") if session is None else actor.name
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        draw_page_link("you", plain(name), icon=":material/account_circle:", width="stretch")
        if session is None:
            draw_page_link("people", _("Add people"), icon=":material/group_add:")
        else:
            draw_door_link(_("Sign out"), web_path("/auth/sign-out"))


def draw_signed_out(reason: str) -> None:
    """All there is to see for whoever is signed out."""
    st.title(_("You are signed out"), anchor=False)
    st.write(plain(reason))
    draw_door_button(_("Sign in again"), sign_in_address())


def draw_no_project() -> None:
    """For a member of no project who may not make one."""
    st.title(_("You are in no project yet"), anchor=False)
    st.write(_("Ask the owner of a project, or an administrator of this Tandem, to add you. Then reload this page."))
