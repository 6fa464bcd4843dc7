"""The script that Streamlit runs: which pages there are, which project they are about, and who is here."""

from pathlib import Path

import streamlit as st

from hitl.access import may
from hitl.domain.people import Actor, Permission
from hitl.domain.reader import reading
from hitl.views.projects import ProjectLine
from hitl.views.visitor import SignedOut
from pages._connections import run_connections
from pages._here import draw_no_project, draw_signed_out
from pages._pages import WITHOUT_PROJECT, is_open, list_pages, say_closed
from pages._reader import follow_browser, read_browser
from pages._session import PROJECT_KEY, DeskContext, chosen_slug, list_lines, open_desk, open_door
from pages._sidebar import choose_project, draw_sidebar
from pages._welcome import say_missing, welcome

ROOT = Path(__file__).resolve().parents[1]
NOBODY = Actor(id=-1, name="", role=None)


def main() -> None:
    follow_browser()
    icon = str(ROOT / "static" / "icon.svg")
    st.set_page_config(page_icon=icon, layout="wide")  # before the navigation, whose icons come from another host
    logo = "logo-dark.svg" if st.context.theme.type == "dark" else "logo.svg"
    st.logo(str(ROOT / "static" / logo), size="medium", icon_image=icon)
    with run_connections():
        try:
            open_door()
        except SignedOut as error:
            st.navigation(list_pages(NOBODY), position="hidden")
            draw_signed_out(str(error))
        else:
            with reading(read_browser()):  # found out once a run: hundreds of words ask
                draw(icon)


def draw(icon: str) -> None:
    lines = list_lines()
    choose_project(
        [line.slug for line in lines]
    )  # before the links are there: who follows one at once keeps the project
    desk = open_door()  # the role in the project that is chosen now
    page = st.navigation(list_pages(desk.actor))
    st.set_page_config(page_title=f"{page.title} · Tandem", page_icon=icon)
    draw_sidebar(lines, desk)
    if chosen_slug() is None and page.url_path not in WITHOUT_PROJECT:
        draw_nothing_chosen(lines, desk)
    elif is_open(page, desk.actor):
        page.run()
    else:
        open_desk()
        say_closed(page)


def draw_nothing_chosen(lines: tuple[ProjectLine, ...], desk: DeskContext) -> None:
    if lines:
        say_missing(st.query_params.get(PROJECT_KEY, ""))
    elif may(desk.actor, Permission.CREATE_PROJECT):
        welcome()
    else:
        draw_no_project()


main()
