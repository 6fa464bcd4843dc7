"""The databases, actor and project of a run; the only page code that opens the store.

page = open_page()                      a screen: the project chosen in the sidebar, as whoever is here now
with acting() as page: verb(page.db…)   a callback: errors and news wait for the next drawing
with reopened(desk) as fresh: …         a fragment: the run that drew it has closed its connections
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st
from sqlite_utils import Database

from hitl.domain.accounts import Session
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.domain.records import Project
from hitl.settings import read_settings
from hitl.store.connection import no_project, open_project, open_tandem, project_folder
from hitl.store.projects import read_project
from hitl.views.overview import read_people
from hitl.views.projects import ProjectLine, list_projects
from hitl.views.visitor import find_actor
from hitl.views.wording import plain
from pages._actor import begin_anew, token_here
from pages._connections import entered, stack_of_run

PROJECT_KEY = "project"
_NOTICES = "notices"


@dataclass(frozen=True)
class DeskContext:
    """What every page has, with or without a project."""

    data_dir: Path
    tandem: Database
    slug: str | None
    actor: Actor
    session: Session | None
    address: str
    now: datetime


@dataclass(frozen=True)
class PageContext(DeskContext):
    """What a page on a project has."""

    slug: str
    db: Database
    project: Project
    people: dict[int, str]

    @property
    def folder(self) -> Path:
        """The project's own folder."""
        return project_folder(self.data_dir, self.slug)


def list_lines() -> tuple[ProjectLine, ...]:
    """The projects to choose from: those that the person is a member of."""
    desk = _desk(stack_of_run())
    return list_projects(desk.data_dir, of=None if desk.session is None else desk.actor.id)


def chosen_slug() -> str | None:
    """The project chosen in the sidebar, or None while there is none."""
    return st.session_state.get(PROJECT_KEY)


def choose(slug: str) -> None:
    """Go over to a project; for callbacks."""
    st.session_state[PROJECT_KEY] = slug
    st.query_params["project"] = slug


def leave() -> None:
    """Leave the project, which is no longer there; for callbacks. The first one in the list is shown instead."""
    st.session_state.pop(PROJECT_KEY, None)
    st.query_params.clear()


def open_door() -> DeskContext:
    """Who this run is for, before anything is drawn; what an earlier person left in the window is forgotten.

    Raises
    ------
    SignedOut
        Nobody is signed in any more.
    """
    desk = _desk(stack_of_run())
    begin_anew(desk.actor.id, desk.session)
    return desk


def open_desk() -> DeskContext:
    """People and jobs, for a page that works without a project; news of the last action is drawn."""
    desk = _desk(stack_of_run())
    _draw_notices()
    return desk


def open_page() -> PageContext:
    """The chosen project; one that can't be opened is explained, and the run ends."""
    stack = stack_of_run()
    try:
        desk = _desk(stack)
        if desk.slug is None:
            st.stop()  # the shell shows its welcome instead of a page
        page = _project(stack, desk)
    except HitlError as error:
        st.title(_("This project can't be opened"), anchor=False)
        st.error(plain(error), icon=":material/error:")
        st.stop()
    _draw_notices()
    return page


@contextmanager
def acting() -> Iterator[PageContext]:
    """The chosen project in a callback; an error of ours is shown when the page draws again."""
    with ExitStack() as stack:
        page = _or_draw_anew(lambda: _project(stack, _desk(stack)))
        try:
            yield page
        except HitlError as error:
            notify(str(error), kind="error")


@contextmanager
def acting_desk() -> Iterator[DeskContext]:
    """People and jobs inside a callback that needs no project; an error of ours is shown when the page draws."""
    with ExitStack() as stack:
        desk = _or_draw_anew(lambda: _desk(stack))
        try:
            yield desk
        except HitlError as error:
            notify(str(error), kind="error")


@contextmanager
def reopened(desk: DeskContext) -> Iterator[DeskContext]:
    """People and jobs with a connection of their own, for a fragment that runs after the page's run has ended."""
    with ExitStack() as stack:
        yield replace(_or_draw_anew(lambda: _desk(stack)), slug=desk.slug)


def notify(text: str, *, kind: str = "success") -> None:
    """Keep a sentence for the next drawing: ``success`` passes by, ``error`` stays on the page."""
    st.session_state.setdefault(_NOTICES, []).append((kind, text))


def request_id(name: str) -> str:
    """The id of the next request of that name; the same until ``renew`` says it was carried out."""
    return str(st.session_state.setdefault(f"request.{name}", str(uuid.uuid4())))


def renew(name: str) -> None:
    """Let the next request of that name be a new one."""
    st.session_state.pop(f"request.{name}", None)


def _or_draw_anew(enter: Callable[[], Any]) -> Any:
    """What a callback or fragment needs; where that can't be opened, it ends here, and the whole page says why."""
    try:
        return enter()
    except HitlError as error:
        notify(str(error), kind="error")
        st.rerun()


def _desk(stack: ExitStack) -> DeskContext:
    settings = read_settings()
    tandem, slug, now = entered(stack, open_tandem(settings.data_dir)), chosen_slug(), utc_now()
    here = find_actor(tandem, token_here(secure=settings.is_secure), slug=slug, now=now)
    return DeskContext(settings.data_dir, tandem, slug, here.actor, here.session, settings.address, now)


def _project(stack: ExitStack, desk: DeskContext) -> PageContext:
    slug = desk.slug or ""
    if desk.actor.role is None:
        raise no_project(slug)
    db = entered(stack, open_project(desk.data_dir, slug))
    people = read_people(desk.tandem, db=db, viewer=desk.actor)
    return PageContext(**vars(desk) | {"slug": slug, "db": db, "project": read_project(db), "people": people})


def _draw_notices() -> None:
    for kind, text in st.session_state.pop(_NOTICES, []):
        if kind == "error":
            st.error(plain(text), icon=":material/error:")
        else:
            st.toast(plain(text), icon=":material/check_circle:")
