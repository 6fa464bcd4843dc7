"""A person's own page: how they are called, what they read in, where they are signed in, what is stored about them."""

from functools import partial

import streamlit as st

from hitl.domain.language import _
from hitl.ui import own_page as ui
from hitl.ui.figures import two_halves
from hitl.ui.heading import draw_heading
from hitl.ui.page_link import draw_page_link
from hitl.views.own_page import list_zones, make_own_data, name_languages, read_own_account
from pages._downloads import made_then
from pages._own_acts import end_one, end_others, save_language, save_name, save_number, save_zone
from pages._reader import name_browser
from pages._session import DeskContext, open_desk


def main() -> None:
    desk = open_desk()
    draw_heading(_("You"))
    if desk.session is None:
        st.write(_("You are the local owner: nobody has an account yet, and whoever sits at this machine may do all."))
        draw_page_link("people", _("Add people, yourself first"), icon=":material/group_add:")
        return
    draw_account(desk, desk.session.id)


def draw_account(desk: DeskContext, session_id: int) -> None:
    own = read_own_account(desk.tandem, desk.data_dir, session_id=session_id, actor=desk.actor, now=desk.now)
    halves = two_halves()
    with halves, st.container(border=True, height="stretch"):
        ui.draw_name(own, on_save=save_name, on_number=save_number)
    with halves, st.container(border=True, height="stretch"):
        ui.draw_reading(
            own.person,
            languages=name_languages(),
            zones=list_zones(),
            browser=name_browser(),
            on_language=save_language,
            on_zone=save_zone,
        )
    with halves, st.container(border=True, height="stretch"):
        ui.draw_sessions(own.sessions, now=desk.now, on_end=end_one, on_end_others=end_others)
    with halves, st.container(border=True, height="stretch"):
        ui.draw_password(own)
    with halves, st.container(border=True, height="stretch"):
        ui.draw_roles(own)
    with halves, st.container(border=True, height="stretch"):
        make = made_then(desk, partial(make_own_data, desk.data_dir, person_id=desk.actor.id, now=desk.now))
        ui.draw_data(own.person.login or "", make=make)


main()
