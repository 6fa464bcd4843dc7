"""The screen while there is no project: what Tandem does, and how far the sample projects are."""

import streamlit as st

from hitl.domain.language import _
from hitl.ui.welcome import draw_missing_project, draw_welcome
from pages._by_hand import draw_by_hand
from pages._jobs import follow
from pages._project_life import draw_archive
from pages._session import choose, list_lines, open_desk

SAMPLES_SLUG = "samples"


def welcome() -> None:
    """Draw the screen; it gives way to the first project as soon as there is one."""
    desk = open_desk()
    draw_welcome()
    job = follow(desk, SAMPLES_SLUG, "samples")
    if job and job.is_live:
        st.caption(_("Two sample projects are on their way; they open here by themselves."))
    draw_by_hand(desk.actor)
    draw_archive(desk)


def say_missing(slug: str) -> None:
    """Draw that the project of a link is not here, and those that are."""
    desk = open_desk()
    draw_missing_project(slug, {line.slug: line.name for line in list_lines()}, on_choose=choose)
    draw_archive(desk)
