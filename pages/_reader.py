"""Who reads in this browser: its locale and time zone, known to script, callbacks and fragments alike."""

import streamlit as st

from hitl.domain.reader import Reader, find_reader_by, make_reader


def follow_browser() -> None:
    """From here on words, numbers and times are those of the browser that a run is for."""
    find_reader_by(read_browser)


def read_browser() -> Reader:
    """The reader of the session that this thread runs for; English in UTC outside of any."""
    return make_reader(st.context.locale, st.context.timezone)
