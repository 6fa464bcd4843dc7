"""The people of the chosen project on the People page: their roles, and adding somebody."""

from functools import partial

import streamlit as st

from hitl.access import may
from hitl.domain.language import _
from hitl.domain.people import Permission
from hitl.loop.memberships import set_role
from hitl.ui import member_list as ui
from hitl.ui.people_rows import draw_roles_legend
from hitl.views.project_people import ProjectPeople, read_project_people
from pages._invitation import draw_invitation
from pages._session import DeskContext, acting_desk, notify

FEW = 2


def draw_project(desk: DeskContext) -> None:
    """Draw the members of the chosen project; who may change them also gets the ways to."""
    slug = desk.slug or ""
    may_change = may(desk.actor, Permission.MANAGE) or may(desk.actor, Permission.MANAGE_PEOPLE)
    people = read_project_people(desk.tandem, slug, actor=desk.actor, now=desk.now)
    on_role = partial(change_role, slug) if may_change else None
    if may_change:
        draw_add(people, slug)
    ui.draw_members(people, slug=slug, self_id=desk.actor.id, now=desk.now, on_role=on_role)
    if not may_change:
        st.info(ui.whom_to_ask(people), icon=":material/lock:")
    draw_roles_legend()


def draw_add(people: ProjectPeople, slug: str) -> None:
    """Draw the ways to add somebody, above the list however long it is; open where hardly anybody is there."""
    place = st.expander(_("Add somebody"), icon=":material/person_add:", expanded=len(people.members) <= FEW)
    new, known, group = place.tabs([_("Somebody new"), _("Somebody with an account"), _("A group")])
    with new:
        draw_invitation("invite", slug=slug)
    with known:
        none = _("Everybody who has an account is in this project already.")
        keys = (ui.ADD_KEY, ui.ADD_ROLE_KEY)
        ui.draw_add_known(
            people.others, label=_("Who"), keys=keys, none=none, on_add=partial(add, slug, "person", *keys)
        )
    with group:
        none = _("There is no further group. Administrators make groups of people on this page, under Groups.")
        keys = (ui.GROUP_KEY, ui.GROUP_ROLE_KEY)
        ui.draw_add_known(
            people.other_groups, label=_("Group"), keys=keys, none=none, on_add=partial(add, slug, "group", *keys)
        )


def change_role(slug: str, kind: str, who_id: int, key: str | None, before: str | None) -> None:
    """A callback: the role of a person or group is what the widget says, or gone; a refused one is as before."""
    role = None if key is None else st.session_state[key]
    if key is not None:
        st.session_state[key] = before
    with acting_desk() as desk:
        who = {f"{kind}_id": who_id}
        set_role(desk.tandem, slug=slug, **who, role=role, actor=desk.actor, now=desk.now)
        notify(_("Saved.") if role else _("They are no longer in this project. What they decided stays."))


def add(slug: str, kind: str, key: str, role_key: str) -> None:
    """A callback: somebody known, or a group, is in the project."""
    who = {f"{kind}_id": st.session_state[key]}
    with acting_desk() as desk:
        role = st.session_state[role_key]
        set_role(desk.tandem, slug=slug, **who, role=role, actor=desk.actor, now=desk.now)
        st.session_state[key] = None
        notify(_("Added."))
