"""The sidebar below the pages: which project they are about, and who is here."""

import streamlit as st

from hitl.domain.language import _
from hitl.views.projects import ProjectLine
from pages._here import draw_here
from pages._session import PROJECT_KEY, DeskContext


def draw_sidebar(lines: tuple[ProjectLine, ...], desk: DeskContext) -> None:
    names = {line.slug: line.name for line in lines}
    with st.sidebar:
        if lines:
            st.selectbox(
                _("Project"), list(names), format_func=names.get, key=PROJECT_KEY, on_change=keep_choice_in_address
            )
        st.space("stretch")
        draw_here(desk.actor, desk.session)


def choose_project(slugs: list[str]) -> None:
    asked = st.query_params.get("project")
    if asked in slugs:
        st.session_state[PROJECT_KEY] = asked
    elif asked and slugs:
        st.session_state[PROJECT_KEY] = None  # a link to a project that is not here opens no other one
    elif st.session_state.get(PROJECT_KEY) not in slugs:
        st.session_state[PROJECT_KEY] = slugs[0] if slugs else None
    chosen = st.session_state[PROJECT_KEY]
    if chosen and asked != chosen:
        st.query_params["project"] = chosen


def keep_choice_in_address() -> None:
    st.query_params.clear()
    st.query_params["project"] = st.session_state[PROJECT_KEY]
