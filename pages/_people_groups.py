"""Groups of people, on the People page of the site's administrators."""

from collections.abc import Callable

import streamlit as st

from hitl.domain.language import _
from hitl.loop import memberships as verbs
from hitl.ui import people_groups as ui
from hitl.views.people import read_group_lines, read_people_lines, read_project_titles
from pages._session import DeskContext, acting_desk, notify

_OPEN = "people_group_open"


def draw_groups(desk: DeskContext) -> None:
    """Draw the groups with what an administrator may do about each."""
    everybody = [line.person for line in read_people_lines(desk.tandem, actor=desk.actor, now=desk.now)]
    ui.draw_groups(
        read_group_lines(desk.tandem, actor=desk.actor),
        opened=st.session_state.get(_OPEN),
        names={person.id: f"{person.name} ({person.login})" for person in everybody if person.is_active},
        projects=read_project_titles(desk.data_dir, actor=desk.actor),
        acts=ui.GroupActs(
            make=make_group,
            open=open_group,
            members=choose_members,
            rename=lambda group_id, key: carry_out(verbs.rename_group, group_id, name=st.session_state[key]),
            remove=lambda group_id: carry_out(verbs.remove_group, group_id),
            role=change_role,
            give=give_role,
        ),
    )


def make_group() -> None:
    """A callback: a group of the name typed, opened."""
    with acting_desk() as desk:
        name = st.session_state[ui.NEW_GROUP_KEY]
        st.session_state[_OPEN] = verbs.make_group(desk.tandem, name=name, actor=desk.actor, now=desk.now)
        st.session_state[ui.NEW_GROUP_KEY] = ""


def open_group(group_id: int) -> None:
    """A callback: what can be done about that group is drawn, or folded away again."""
    st.session_state[_OPEN] = None if st.session_state.get(_OPEN) == group_id else group_id


def carry_out(verb: Callable[..., None], group_id: int, **more: object) -> None:
    """A callback: the verb is done to that group."""
    with acting_desk() as desk:
        verb(desk.tandem, group_id=group_id, actor=desk.actor, now=desk.now, **more)
        notify(_("Saved."))


def choose_members(group_id: int, key: str, before: tuple[int, ...]) -> None:
    """A callback: those who were chosen are in the group, and of those that the list held nobody else."""
    chosen = st.session_state[key]
    for person_id in [one for one in chosen if one not in before]:
        carry_out(verbs.add_to_group, group_id, person_id=person_id)
    for person_id in [one for one in before if one not in chosen]:
        carry_out(verbs.remove_from_group, group_id, person_id=person_id)


def change_role(slug: str, group_id: int, key: str | None, before: str | None) -> None:
    """A callback: the group's role in a project is what the widget says, or gone; a refused one is as before."""
    role = None if key is None else st.session_state[key]
    if key is not None:
        st.session_state[key] = before
    carry_out(verbs.set_role, group_id, slug=slug, role=role)


def give_role(group_id: int) -> None:
    """A callback: the group has a role in one more project."""
    slug, role = st.session_state[ui.GIVE_KEY], st.session_state[ui.GIVE_ROLE_KEY]
    st.session_state[ui.GIVE_KEY] = None
    carry_out(verbs.set_role, group_id, slug=slug, role=role)
