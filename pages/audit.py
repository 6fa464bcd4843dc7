"""Who did what: the log of the project for its leads and owners, that of the whole desk for administrators."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import Words, _, later
from hitl.domain.people import Permission
from hitl.ui.audit import PLACE_KEY, begin_anew, draw_choices, draw_downloads, draw_log, draw_steps
from hitl.ui.heading import draw_heading
from hitl.views import audit as views
from pages._downloads import made_then
from pages._errors import shown_errors
from pages._session import PageContext, open_page

PROJECT, MEMBERS, DESK = "project", "members", "desk"
SCOPES = Words(
    {
        PROJECT: later("This project"),
        MEMBERS: later("Who is in it, and its jobs"),
        DESK: later("People, jobs and all projects"),
    }
)


def main() -> None:
    page = open_page()
    draw_heading(_("Audit"))
    scope = choose_scope(list_scopes(page))
    with shown_errors():
        draw(page, scope)


def list_scopes(page: PageContext) -> list[str]:
    needed = {PROJECT: Permission.EXPORT, MEMBERS: Permission.MANAGE, DESK: Permission.OPERATE}
    return [scope for scope, permission in needed.items() if may(page.actor, permission)]


def choose_scope(scopes: list[str]) -> str:
    if len(scopes) == 1:
        return scopes[0]
    chosen: str = st.segmented_control(
        _("Log of"),
        scopes,
        default=scopes[0],
        required=True,
        format_func=SCOPES.__getitem__,
        key="audit_log",
        on_change=begin_anew,
        label_visibility="collapsed",
    )
    return chosen


def draw(page: PageContext, scope: str) -> None:
    db = page.db if scope == PROJECT else page.tandem
    about = page.slug if scope == MEMBERS else ""
    chosen = draw_choices(views.list_actors(db, page.people, about=about))
    found = read(page, scope, chosen)
    draw_log(found)
    draw_steps(found)
    if scope != MEMBERS:
        slug = page.slug if scope == PROJECT else None
        make = partial(views.make_log_file, page.data_dir, slug, chosen, people=page.people, now=page.now)
        draw_downloads(slug or "tandem", make=made_then(page, make))


def read(page: PageContext, scope: str, chosen: views.LogChoices) -> views.LogPage:
    who = {"before": st.session_state.get(PLACE_KEY), "people": page.people, "actor": page.actor}
    if scope == PROJECT:
        return views.read_project_log(page.db, page.slug, chosen, **who)
    if scope == MEMBERS:
        return views.read_members_page(page.tandem, page.slug, chosen, **who)
    return views.read_desk_log(page.tandem, chosen, **who)


main()
