"""Background jobs on a page: asked for, followed while the page is open, cancelled."""

from collections.abc import Container, Mapping
from dataclasses import replace
from functools import partial

import streamlit as st

from hitl.access import as_maker, may
from hitl.domain.people import Permission
from hitl.domain.policies import JOB_PERMISSIONS, permissions_of
from hitl.loop.jobs import request_cancel, submit_job
from hitl.ui.job_progress import draw_ended_job, draw_live_job
from hitl.views.jobs import JobView, find_latest_job, read_job, read_jobs
from pages._session import DeskContext, acting_desk, reopened, request_id

EVERY_SECONDS = 1.0


def follow(desk: DeskContext, slug: str, *kinds: str, told_elsewhere: Container[int] = frozenset()) -> JobView | None:
    """Draw a project's newest job of these kinds while it is under way, or why it ended without a result.

    How jobs ``told_elsewhere`` ended is said by another part of the page.
    """
    view = find_latest_job(read_jobs(desk.tandem, slug, now=desk.now), kinds=kinds)
    if view is None:
        return None
    if view.is_live:
        st.fragment(watch, run_every=EVERY_SECONDS)(desk, slug, view.job.id)
    elif view.job.id not in told_elsewhere:
        draw_ended_job(view, now=desk.now)
    return view


def watch(desk: DeskContext, slug: str, job_id: int) -> None:
    """A fragment: the job as it is now; when it has ended the whole page is drawn anew."""
    with reopened(desk) as fresh:
        view = read_job(fresh.tandem, job_id, now=fresh.now)
    if view is None or not view.is_live or not permissions_of(fresh.actor):
        st.rerun()
    needed = JOB_PERMISSIONS[view.job.kind] if slug else Permission.CREATE_PROJECT
    can_cancel = may(fresh.actor, needed)
    draw_live_job(view, on_cancel=partial(cancel, slug) if can_cancel else None)


def cancel(slug: str, job_id: int) -> None:
    """A callback: ask the job of that project to stop."""
    with acting_desk() as person:
        desk = person if slug else making(person)
        request_cancel(desk.tandem, slug=slug, job_id=job_id, actor=desk.actor, now=desk.now)


def making(desk: DeskContext) -> DeskContext:
    """The same, for a project that is only being planned: who makes one owns it.

    Raises
    ------
    NotPermitted
        The person may not make projects.
    """
    return replace(desk, actor=as_maker(desk.actor))


def submit(desk: DeskContext, slug: str, kind: str, args: Mapping[str, object], *, request: str) -> None:
    """Ask for a job; a double click asks once, as long as ``request`` names the state that the page showed."""
    submit_job(
        desk.tandem, slug=slug, kind=kind, args=args, request_id=request_id(request), actor=desk.actor, now=desk.now
    )
