"""Projects without an owner, on the People page of the site's administrators."""

import streamlit as st

from hitl.domain.language import _
from hitl.domain.people import MemberRole
from hitl.loop.memberships import set_role
from hitl.ui.ownerless import draw_ownerless
from hitl.views.people import read_people_lines, read_without_owner
from pages._session import DeskContext, acting_desk, notify


def draw_without_owner(desk: DeskContext) -> None:
    """Draw the projects that nobody owns who can sign in, if there are any."""
    projects = read_without_owner(desk.tandem, actor=desk.actor)
    if projects:
        everybody = [line.person for line in read_people_lines(desk.tandem, actor=desk.actor, now=desk.now)]
        people = {one.id: f"{one.name} ({one.login})" for one in everybody if one.is_active and one.can_sign_in}
        draw_ownerless(projects, people, on_give=give)


def give(slug: str, key: str) -> None:
    """A callback: the person chosen owns the project."""
    with acting_desk() as desk:
        person_id = st.session_state[key]
        set_role(desk.tandem, slug=slug, person_id=person_id, role=MemberRole.OWNER, actor=desk.actor, now=desk.now)
        notify(_("The project has an owner again."))
