"""Everybody on the site, on the People page of its administrators."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from hitl.domain.language import _
from hitl.loop import people
from hitl.loop.access_links import make_reset_link, withdraw_links
from hitl.loop.memberships import set_role
from hitl.loop.sign_in import end_sessions_of
from hitl.ui import site_people
from hitl.views.people import read_people_lines, read_project_titles
from pages._invitation import draw_invitation
from pages._made_link import keep_link
from pages._session import DeskContext, acting_desk, notify

_OPEN = "person_open"


def draw_everybody(desk: DeskContext) -> None:
    """Draw everybody with what an administrator may do about each, and the form for somebody new."""
    lines = read_people_lines(desk.tandem, actor=desk.actor, now=desk.now)
    names = {line.person.id: line.person.name for line in lines}
    with st.expander(_("Add somebody to this Tandem"), icon=":material/person_add:"):
        draw_invitation("site_invite", slug=None)
    site_people.draw_everybody(
        lines,
        opened=st.session_state.get(_OPEN),
        self_id=desk.actor.id,
        projects=read_project_titles(desk.data_dir, actor=desk.actor),
        now=desk.now,
        acts=site_people.PersonActs(
            open=open_person,
            link=partial(make_link, names),
            withdraw=partial(carry_out, withdraw_links, _("No link of theirs works any more.")),
            end_sessions=partial(carry_out, end_sessions_of, _("They are signed out everywhere.")),
            deactivate=partial(carry_out, people.deactivate_person, _("The account is closed. Decisions stay.")),
            reactivate=partial(carry_out, people.reactivate_person, _("The account is open again.")),
            administrator=lambda who, is_admin: carry_out(people.set_admin, _("Saved."), who, is_admin=is_admin),
            erase=lambda who, _typed: carry_out(people.erase_person, _("The name is gone. Decisions stay."), who),
            role=change_role,
            give=give_role,
        ),
    )


def open_person(person_id: int) -> None:
    """A callback: what can be done about that person is drawn, or folded away again."""
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == person_id else person_id


def carry_out(verb: Callable[..., None], said: str, person_id: int, **more: object) -> None:
    """A callback: the verb is done to that person."""
    with acting_desk() as desk:
        verb(desk.tandem, person_id=person_id, actor=desk.actor, now=desk.now, **more)
        notify(said)


def make_link(names: dict[int, str], person_id: int) -> None:
    """A callback: a link by which that person chooses a password, to copy."""
    with acting_desk() as desk:
        made = make_reset_link(desk.tandem, person_id=person_id, actor=desk.actor, now=desk.now)
        keep_link(desk, made, names[person_id])


def change_role(slug: str, person_id: int, key: str | None, before: str | None) -> None:
    """A callback: that person's role in a project is what the widget says, or gone; a refused one is as before."""
    role = None if key is None else st.session_state[key]
    if key is not None:
        st.session_state[key] = before
    carry_out(set_role, _("Saved."), person_id, slug=slug, role=role)


def give_role(person_id: int) -> None:
    """A callback: that person is in one more project."""
    slug, role = st.session_state[site_people.PROJECT_KEY], st.session_state[site_people.PROJECT_ROLE_KEY]
    st.session_state[site_people.PROJECT_KEY] = None
    carry_out(set_role, _("Added."), person_id, slug=slug, role=role)
