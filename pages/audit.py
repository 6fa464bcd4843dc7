"""Who did what: the log of the project for its leads and owners, that of the whole desk for administrators."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import Words, _, later
from hitl.domain.people import Permission
from hitl.ui.audit import PLACE_KEY, begin_anew, draw_choices, draw_downloads, draw_log, draw_steps
from hitl.ui.heading import draw_heading
from hitl.views.audit import list_actors, make_log_file, read_desk_log, read_project_log
from pages._downloads import made_then
from pages._errors import shown_errors
from pages._session import PageContext, open_page

PROJECT, DESK = "project", "desk"
SCOPES = Words({PROJECT: later("This project"), DESK: later("People, jobs and all projects")})


def main() -> None:
    page = open_page()
    draw_heading(_("Audit"))
    scope = choose_scope(list_scopes(page))
    with shown_errors():
        draw(page, scope)


def list_scopes(page: PageContext) -> list[str]:
    needed = {PROJECT: Permission.EXPORT, DESK: Permission.OPERATE}
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
    is_own = scope == PROJECT
    chosen = draw_choices(list_actors(page.db if is_own else page.tandem, page.people))
    who = {"before": st.session_state.get(PLACE_KEY), "people": page.people, "actor": page.actor}
    found = read_project_log(page.db, page.slug, chosen, **who) if is_own else read_desk_log(page.tandem, chosen, **who)
    draw_log(found)
    draw_steps(found)
    slug = page.slug if is_own else None
    make = partial(make_log_file, page.data_dir, slug, chosen, people=page.people, now=page.now)
    draw_downloads(slug or "tandem", make=made_then(page, make))


main()
