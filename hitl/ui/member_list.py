"""The people of a project on the People page: who is in with which role, and adding somebody."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

import streamlit as st

from hitl.domain.accounts import LONGEST_LOGIN, LONGEST_NAME
from hitl.domain.language import _
from hitl.domain.people import MemberRole
from hitl.ui.people_rows import draw_choices, draw_role_choice, draw_row, person_text, search_lines, seen_text
from hitl.views.people import ROLE_TITLES, ROLES
from hitl.views.project_people import GroupLine, MemberLine, ProjectPeople
from hitl.views.wording import count_of, plain, plain_label

ADD_KEY, ADD_ROLE_KEY = "add_person", "add_person_role"
GROUP_KEY, GROUP_ROLE_KEY = "add_group", "add_group_role"
_Chosen = TypeVar("_Chosen", int, str)


def draw_members(
    people: ProjectPeople,
    *,
    slug: str,
    self_id: int,
    now: datetime,
    on_role: Callable[..., None] | None,
) -> None:
    """Draw everybody in the project; without ``on_role`` roles are only read.

    ``on_role`` is told ("person" or "group", id, the widget's key or None, the role before): the widget holds the
    role wanted; without a key the role is taken away.
    """
    lines = search_lines(people.members, text_of=lambda line: line.person.name, key="member_search")
    with st.container(border=True, gap="small"):
        for line in lines:
            _draw_member(line, slug=slug, is_self=line.person.id == self_id, now=now, on_role=on_role)
        for group in people.groups:
            _draw_group(group, slug=slug, on_role=on_role)
        if not people.members and not people.groups:
            st.info(_("Nobody is in this project yet. Add somebody below."), icon=":material/group_add:")


def whom_to_ask(people: ProjectPeople) -> str:
    """Who decides who is in; where no owner can sign in, who can make somebody one."""
    names = ", ".join(plain(name) for name in people.owners or people.administrators)
    if people.owners:
        return _("Owners decide who is in this project: ask {names}.").format(names=names)
    text = _("Nobody who can sign in owns this project. Administrators can make somebody its owner: ask {names}.")
    return text.format(names=names)


def draw_add_known(
    choices: Mapping[_Chosen, str], *, label: str, keys: tuple[str, str], none: str, on_add: Callable[[], None]
) -> None:
    """Draw the choice of somebody, or of a group, with a role and a button; ``none`` is said where there is nobody."""
    if not choices:
        st.caption(none)
        return
    chosen_key, role_key = keys
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            label,
            list(choices),
            index=None,
            format_func=lambda one: choices.get(one, ""),
            key=chosen_key,
            placeholder=_("type to search"),
            width=320,
        )
        draw_role_select(role_key)
        st.button(
            _("Add"),
            key=f"{chosen_key}_save",
            icon=":material/person_add:",
            type="primary",
            disabled=chosen is None,
            on_click=on_add,
        )


def draw_invite(prefix: str, *, problem: str, on_invite: Callable[[], None], takes_role: bool) -> None:
    """Draw the form for somebody new; what was wrong with it is said in it.

    Its fields are kept under the prefix with ``_name``, ``_login`` and ``_role``.
    """
    with st.form(prefix, border=False):
        if problem:
            st.error(plain(problem), icon=":material/error:")
        with st.container(horizontal=True, vertical_alignment="top"):
            st.text_input(
                _("Their name"),
                key=f"{prefix}_name",
                max_chars=LONGEST_NAME,
                width=250,
                help=_("As colleagues know them."),
            )
            st.text_input(
                _("Sign-in name"),
                key=f"{prefix}_login",
                max_chars=LONGEST_LOGIN,
                width=250,
                help=_("What they type to sign in: short, or their e-mail address."),
            )
            if takes_role:
                draw_role_select(f"{prefix}_role")
        st.form_submit_button(
            _("Make the invitation link"), icon=":material/add_link:", type="primary", on_click=on_invite
        )
        st.caption(_("They choose their own password. Send the link yourself: there is no mail server."))


def draw_role_select(key: str) -> None:
    """Draw the choice of a role for somebody who is only being added."""
    st.selectbox(
        _("Role"),
        list(MemberRole),
        index=list(MemberRole).index(MemberRole.REVIEWER),
        format_func=lambda one: ROLES[one],
        key=key,
        width=320,
    )


def _draw_member(
    line: MemberLine, *, slug: str, is_self: bool, now: datetime, on_role: Callable[..., None] | None
) -> None:
    person = line.person
    with draw_row():
        notes = _notes(line, now, shows_role=on_role is None)
        text = person_text(person, line.state, is_self=is_self, notes=notes, groups=_by_groups(line))
        st.markdown(text, width="stretch")
        if on_role is None:
            return
        label = _("Role of {name}").format(name=plain_label(person.name))
        who = ("person", person.id)
        with draw_choices():
            draw_role_choice(label, line.own_role, key=f"role_{slug}_{person.id}", on_change=on_role, args=who)
            st.button(
                _("Remove"),
                key=f"remove_{slug}_{person.id}",
                icon=":material/person_remove:",
                type="tertiary",
                disabled=line.own_role is None,
                help=_("They leave this project; what they decided stays.")
                if line.own_role
                else _("They are in by a group alone: an administrator takes them out of it."),
                on_click=on_role,
                args=(*who, None, line.own_role),
            )


def _notes(line: MemberLine, now: datetime, *, shows_role: bool) -> list[str]:
    own = [ROLE_TITLES[line.own_role]] if shows_role and line.own_role else []
    return [*own, str(line.person.login), seen_text(line.last_seen_at, now)]


def _by_groups(line: MemberLine) -> list[str]:
    text = _("{role} by the group {group}")
    return [text.format(role=ROLE_TITLES[role], group=name) for name, role in line.by_groups]


def _draw_group(line: GroupLine, *, slug: str, on_role: Callable[..., None] | None) -> None:
    group = line.group
    count = count_of(len(group.person_ids), "{count} person", "{count} people")
    note = count if on_role else f"{ROLE_TITLES[line.role]} · {count}"
    with draw_row():
        st.markdown(f"**:material/group: {plain(group.name)}**  \n:small[{note}]", width="stretch")
        if on_role is None:
            return
        who = ("group", group.id)
        label = _("Role of the group {name}").format(name=plain_label(group.name))
        with draw_choices():
            draw_role_choice(label, line.role, key=f"group_role_{slug}_{group.id}", on_change=on_role, args=who)
            st.button(
                _("Remove"),
                key=f"remove_group_{slug}_{group.id}",
                icon=":material/group_remove:",
                type="tertiary",
                help=_("Its people leave this project, unless they have a role of their own."),
                on_click=on_role,
                args=(*who, None, line.role),
            )
