"""Who reads in this browser: its locale and time zone, known to script, callbacks and fragments alike."""

import streamlit as st

from hitl.domain.accounts import Session
from hitl.domain.reader import Reader, choose_reader, find_reader_by, make_reader

_CHOSEN = "reader_choices"


def follow_browser() -> None:
    """From here on words, numbers and times are those of the browser that a run is for."""
    find_reader_by(read_browser)


def read_browser() -> Reader:
    """The reader of the session that this thread runs for; English in UTC outside of any."""
    language, zone = st.session_state.get(_CHOSEN, (None, None))
    return choose_reader(make_reader(st.context.locale, st.context.timezone), language=language, zone=zone)


def follow_choices(session: Session | None) -> None:
    """From here on in this window words and times are what the session's person chose, else what the browser says."""
    st.session_state[_CHOSEN] = (session.language, session.time_zone) if session else (None, None)


def name_browser() -> tuple[str, str]:
    """The language and the time zone that the browser says, as it says them."""
    browser = make_reader(st.context.locale, st.context.timezone)
    return browser.locale.replace("_", "-"), browser.zone
