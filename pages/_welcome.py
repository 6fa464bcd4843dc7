"""The screen while there is no project: what Tandem does, and how far the sample projects are."""

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.jobs import JobKind
from hitl.ui.welcome import draw_missing_project, draw_samples_offer, draw_welcome
from hitl.views.jobs import find_latest_job, read_jobs
from pages._by_hand import draw_by_hand
from pages._jobs import follow, submit
from pages._project_life import draw_archive
from pages._session import acting_desk, choose, list_lines, open_desk, renew

SAMPLES_SLUG = "samples"


def welcome() -> None:
    """Draw the screen; it gives way to the first project as soon as there is one."""
    desk = open_desk()
    draw_welcome()
    job = follow(desk, SAMPLES_SLUG, "samples")
    if job and job.is_live:
        st.caption(_("The sample projects are on their way; they open here by themselves."))
    elif may(desk.actor, Permission.CREATE_PROJECT):
        draw_samples_offer(on_build=build_samples)
    draw_by_hand(desk.actor)
    draw_archive(desk)


def build_samples() -> None:
    """A callback: ask for the sample projects; a double click asks once."""
    with acting_desk() as desk:
        latest = find_latest_job(read_jobs(desk.tandem, SAMPLES_SLUG, now=desk.now), kinds=(JobKind.SAMPLES,))
        if latest is None or not latest.is_live:
            renew(JobKind.SAMPLES)
            submit(desk, SAMPLES_SLUG, JobKind.SAMPLES, {}, request=JobKind.SAMPLES)


def say_missing(slug: str) -> None:
    """Draw that the project of a link is not here, and those that are."""
    desk = open_desk()
    draw_missing_project(slug, {line.slug: line.name for line in list_lines()}, on_choose=choose)
    draw_archive(desk)
