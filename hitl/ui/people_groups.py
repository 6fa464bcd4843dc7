"""Groups of people for the administrators of the site: who is in, and which role the group has in projects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from hitl.domain.accounts import LONGEST_NAME, PeopleGroup
from hitl.domain.language import _
from hitl.ui.member_list import draw_add_known
from hitl.ui.people_rows import draw_choices, draw_role_choice, draw_row
from hitl.views.people import GroupOnSite
from hitl.views.wording import count_of, plain, plain_label

NEW_GROUP_KEY = "new_group"
GIVE_KEY, GIVE_ROLE_KEY = "group_project", "group_project_role"


@dataclass(frozen=True)
class GroupActs:
    """What the buttons of groups do; each is told the group's id, those of roles the project too."""

    make: Callable[[], None]
    open: Callable[[int], None]
    members: Callable[[int, str, tuple[int, ...]], None]
    rename: Callable[[int, str], None]
    remove: Callable[[int], None]
    role: Callable[..., None]
    give: Callable[[int], None]


def draw_groups(
    groups: Sequence[GroupOnSite],
    *,
    opened: int | None,
    names: Mapping[int, str],
    projects: Mapping[str, str],
    acts: GroupActs,
) -> None:
    """Draw the groups, what can be done with the one that is opened, and the field for a new one.

    ``names`` are those of the people who may be in one, by id; ``projects`` are names by short name.
    """
    st.caption(_("A group gives everybody in it its roles. Single sign-on can fill groups by itself."))
    if groups:
        with st.container(border=True, gap="small"):
            for line in groups:
                _draw_group(line, opened, acts)
                if line.group.id == opened:
                    with st.container(border=True, key=f"people_group_{line.group.id}"):
                        _draw_members(line.group, names, acts)
                        _draw_roles(line, projects, acts)
                        _draw_end(line.group, acts)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(_("Name of a new group"), key=NEW_GROUP_KEY, max_chars=LONGEST_NAME, width=320)
        st.button(
            _("Make it"), key="make_group", icon=":material/group_add:", disabled=not name.strip(), on_click=acts.make
        )


def _draw_group(line: GroupOnSite, opened: int | None, acts: GroupActs) -> None:
    group = line.group
    people = count_of(len(group.person_ids), "{count} person", "{count} people")
    note = f"{people} · {count_of(len(line.roles), '{count} project', '{count} projects')}"
    is_open = group.id == opened
    with draw_row():
        st.markdown(f"**{plain(group.name)}**  \n:small[{note}]", width="stretch")
        st.button(
            _("Close") if is_open else _("Manage"),
            key=f"open_group_{group.id}",
            icon=":material/expand_less:" if is_open else ":material/group:",
            type="tertiary",
            help=_("{name}: people, roles, name").format(name=plain(group.name)),
            on_click=acts.open,
            args=(group.id,),
        )


def _draw_members(group: PeopleGroup, names: Mapping[int, str], acts: GroupActs) -> None:
    inside = [one for one in group.person_ids if one in names]
    key = f"group_members_{group.id}_{hash(tuple(inside))}"  # another key once somebody else changed the group
    st.multiselect(
        _("People in it"),
        list(names),
        default=inside,
        format_func=lambda one: names.get(one, ""),
        key=key,
        placeholder=_("choose people"),
        on_change=acts.members,
        args=(group.id, key, tuple(inside)),
    )


def _draw_roles(line: GroupOnSite, projects: Mapping[str, str], acts: GroupActs) -> None:
    group = line.group
    st.markdown(_("**Roles in projects**"))
    for slug, role in [one for one in line.roles if one[0] in projects]:
        with draw_row():
            st.markdown(plain(projects.get(slug, slug)), width="stretch")
            label = _("Role in {project}").format(project=plain_label(projects.get(slug, slug)))
            who = (slug, group.id)
            with draw_choices():
                draw_role_choice(label, role, key=f"groups_role_{slug}_{group.id}", on_change=acts.role, args=who)
                st.button(
                    _("Remove"),
                    key=f"groups_remove_{slug}_{group.id}",
                    icon=":material/group_remove:",
                    type="tertiary",
                    on_click=acts.role,
                    args=(*who, None, role),
                )
    taken = {slug for slug, _role in line.roles}
    draw_add_known(
        {slug: name for slug, name in projects.items() if slug not in taken},
        label=_("Add to a project"),
        keys=(GIVE_KEY, GIVE_ROLE_KEY),
        none=_("It has a role in every project that there is."),
        on_add=lambda: acts.give(group.id),
    )


def _draw_end(group: PeopleGroup, acts: GroupActs) -> None:
    key = f"group_name_{group.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Name of the group"),
            value=group.name,
            key=key,
            max_chars=LONGEST_NAME,
            width=320,
            on_change=acts.rename,
            args=(group.id, key),
        )
        with st.popover(_("Remove the group"), icon=":material/group_remove:"):
            st.markdown(
                _(
                    "**Remove {name}?**  \nIts people stay, without the roles that they had by it alone. "
                    "What they decided stays."
                ).format(name=plain(group.name))
            )
            st.button(
                _("Remove the group"),
                key=f"remove_group_{group.id}",
                type="primary",
                on_click=acts.remove,
                args=(group.id,),
            )
