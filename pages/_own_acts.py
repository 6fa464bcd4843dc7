"""What a person does on their own page."""

import streamlit as st

from hitl.domain.language import _
from hitl.loop.people import rename_person, set_language, set_number, set_time_zone
from hitl.loop.sign_in import end_session, end_sessions_of
from hitl.ui.own_page import LANGUAGE_KEY, NAME_KEY, NUMBER_KEY, ZONE_KEY
from pages._session import acting_desk, notify


def save_name() -> None:
    """A callback: the person is called as the field says."""
    with acting_desk() as desk:
        name = st.session_state[NAME_KEY]
        rename_person(desk.tandem, person_id=desk.actor.id, name=name, actor=desk.actor, now=desk.now)
        notify(_("Saved."))


def save_number() -> None:
    """A callback: another number stands for the person; a refused one is as before."""
    number = st.session_state.pop(NUMBER_KEY)
    with acting_desk() as desk:
        set_number(desk.tandem, person_id=desk.actor.id, number=number, actor=desk.actor, now=desk.now)
        notify(_("Saved."))


def save_language() -> None:
    """A callback: the person reads the language chosen, or the browser's."""
    with acting_desk() as desk:
        language = st.session_state[LANGUAGE_KEY] or None
        set_language(desk.tandem, person_id=desk.actor.id, language=language, actor=desk.actor, now=desk.now)
        notify(_("Saved."))


def save_zone() -> None:
    """A callback: the person reads times in the zone chosen, or the browser's."""
    with acting_desk() as desk:
        zone = st.session_state[ZONE_KEY] or None
        set_time_zone(desk.tandem, person_id=desk.actor.id, time_zone=zone, actor=desk.actor, now=desk.now)
        notify(_("Saved."))


def end_one(session_id: int) -> None:
    """A callback: that session of theirs is over."""
    with acting_desk() as desk:
        end_session(desk.tandem, person_id=desk.actor.id, session_id=session_id, actor=desk.actor, now=desk.now)
        notify(_("The session is over."))


def end_others() -> None:
    """A callback: every session of theirs but this one is over."""
    with acting_desk() as desk:
        keep = desk.session.id if desk.session else None
        end_sessions_of(desk.tandem, person_id=desk.actor.id, but=keep, actor=desk.actor, now=desk.now)
        notify(_("The other sessions are over."))
