"""The script that Streamlit runs: which pages there are, which project they are about, and who is here."""

from pathlib import Path

import streamlit as st

from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.views.projects import ProjectLine
from pages._pages import IMPORT, list_pages
from pages._reader import follow_browser
from pages._session import PROJECT_KEY, chosen_slug, list_lines, run_connections
from pages._welcome import say_missing, welcome

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    follow_browser()
    icon = str(ROOT / "static" / "icon.svg")
    st.set_page_config(page_icon=icon, layout="wide")  # before the navigation, whose icons come from another host
    logo = "logo-dark.svg" if st.context.theme.type == "dark" else "logo.svg"
    st.logo(str(ROOT / "static" / logo), size="medium", icon_image=icon)
    lines = list_lines()
    choose_project(
        [line.slug for line in lines]
    )  # before the links are there: who follows one at once keeps the project
    page = st.navigation(list_pages())
    st.set_page_config(page_title=f"{page.title} · Tandem", page_icon=icon)
    draw_sidebar(lines)
    with run_connections():
        if chosen_slug() is None and lines and page.url_path != IMPORT:
            say_missing(st.query_params.get(PROJECT_KEY, ""))
        elif chosen_slug() is None and page.url_path != IMPORT:
            welcome()
        else:
            page.run()


def draw_sidebar(lines: tuple[ProjectLine, ...]) -> None:
    names = {line.slug: line.name for line in lines}
    with st.sidebar:
        if lines:
            st.selectbox(
                _("Project"), list(names), format_func=names.get, key=PROJECT_KEY, on_change=keep_choice_in_address
            )
        st.space("stretch")
        st.caption(f":material/account_circle: {LOCAL_OWNER.name}")


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


main()
