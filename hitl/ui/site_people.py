"""Everybody on the site for its administrators: accounts, links, sessions, roles in projects."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from hitl.domain.language import _
from hitl.ui.member_list import draw_add_known
from hitl.ui.people_rows import draw_choices, draw_role_choice, draw_row, person_text, search_lines, seen_text
from hitl.views.people import ROLE_TITLES, PersonLine
from hitl.views.wording import count_of, plain, plain_label

PROJECT_KEY, PROJECT_ROLE_KEY = "give_project", "give_project_role"
ERASE_KEY = "erase_typed"


@dataclass(frozen=True)
class PersonActs:
    """What the buttons of a person do; each is told the person's id, those of roles the project too."""

    open: Callable[[int], None]
    link: Callable[[int], None]
    withdraw: Callable[[int], None]
    end_sessions: Callable[[int], None]
    deactivate: Callable[[int], None]
    reactivate: Callable[[int], None]
    administrator: Callable[[int, bool], None]
    erase: Callable[[int, str], None]
    role: Callable[..., None]
    give: Callable[[int], None]


def draw_everybody(
    lines: Sequence[PersonLine],
    *,
    opened: int | None,
    self_id: int,
    projects: Mapping[str, str],
    now: datetime,
    acts: PersonActs,
) -> None:
    """Draw everybody, and below the one that is opened what can be done; ``projects`` are names by short name."""
    shown = search_lines(lines, text_of=lambda line: f"{line.person.name} {line.person.login}", key="everybody_search")
    with st.container(border=True, gap="small"):
        for line in shown:
            person = line.person
            with draw_row():
                text = person_text(person, line.state, is_self=person.id == self_id, notes=_notes(line, now))
                st.markdown(text, width="stretch")
                if line.state != "erased":
                    _draw_opener(line, opened=opened, acts=acts)
            if person.id == opened and line.state != "erased":
                with st.container(border=True, key=f"person_{person.id}"):
                    _draw_roles(line, projects, acts)
                    _draw_acts(line, acts)


def _draw_opener(line: PersonLine, *, opened: int | None, acts: PersonActs) -> None:
    is_open = line.person.id == opened
    st.button(
        _("Close") if is_open else _("Manage"),
        key=f"open_{line.person.id}",
        icon=":material/expand_less:" if is_open else ":material/manage_accounts:",
        type="tertiary",
        help=_("{name}: roles, links, sessions, account").format(name=plain(line.person.name)),
        on_click=acts.open,
        args=(line.person.id,),
    )


def _notes(line: PersonLine, now: datetime) -> list[str]:
    admin = [_("administrator")] if line.person.is_admin else []
    projects = count_of(len(line.roles), "{count} project", "{count} projects")
    return [*admin, line.person.login or "", seen_text(line.last_seen_at, now), projects, *line.group_names]


def _draw_roles(line: PersonLine, projects: Mapping[str, str], acts: PersonActs) -> None:
    st.markdown(_("**Roles in projects**"))
    for slug, role in [one for one in line.roles if one[0] in projects]:
        with draw_row():
            st.markdown(plain(projects.get(slug, slug)), width="stretch")
            label = _("Role in {project}").format(project=plain_label(projects.get(slug, slug)))
            who = (slug, line.person.id)
            with draw_choices():
                draw_role_choice(label, role, key=f"site_role_{slug}_{line.person.id}", on_change=acts.role, args=who)
                st.button(
                    _("Remove"),
                    key=f"site_remove_{slug}_{line.person.id}",
                    icon=":material/person_remove:",
                    type="tertiary",
                    help=_("{role} no more; what they decided stays.").format(role=ROLE_TITLES[role]),
                    on_click=acts.role,
                    args=(*who, None, role),
                )
    if line.person.is_active:
        taken = {slug for slug, _role in line.roles}
        draw_add_known(
            {slug: name for slug, name in projects.items() if slug not in taken},
            label=_("Add to a project"),
            keys=(PROJECT_KEY, PROJECT_ROLE_KEY),
            none=_("They are in every project that there is."),
            on_add=lambda: acts.give(line.person.id),
        )


def _draw_acts(line: PersonLine, acts: PersonActs) -> None:
    person = line.person
    st.markdown(_("**Account**"))
    with st.container(horizontal=True):
        if not person.is_active:
            _button(_("Reactivate"), "reactivate", "lock_open", acts.reactivate, person.id)
            _draw_erase(line, acts)
            return
        link_text = _("Link for a new password") if person.can_sign_in else _("New invitation link")
        _button(link_text, "link", "add_link", acts.link, person.id)
        if line.state == "invited":
            _button(_("Withdraw the link"), "withdraw", "link_off", acts.withdraw, person.id)
        if person.can_sign_in:
            _button(_("End all sessions"), "end_sessions", "logout", acts.end_sessions, person.id)
        _draw_administrator(line, acts)
        _draw_deactivate(line, acts)
        _draw_erase(line, acts)


def _button(text: str, name: str, icon: str, act: Callable[[int], None], person_id: int) -> None:
    st.button(text, key=f"{name}_{person_id}", icon=f":material/{icon}:", on_click=act, args=(person_id,))


def _draw_administrator(line: PersonLine, acts: PersonActs) -> None:
    person = line.person
    st.button(
        _("No administrator any more") if person.is_admin else _("Make an administrator"),
        key=f"administrator_{person.id}",
        icon=":material/shield_person:",
        help=_("Administrators look after people, new projects and back-ups. That alone opens no project to them."),
        on_click=acts.administrator,
        args=(person.id, not person.is_admin),
    )


def _draw_deactivate(line: PersonLine, acts: PersonActs) -> None:
    person = line.person
    with st.popover(_("Deactivate"), icon=":material/block:"):
        st.markdown(
            _(
                "**Deactivate {name}?**  \nThey are signed out at once and can't sign in. Their decisions, roles and "
                "groups stay, and you can open the account again."
            ).format(name=plain(person.name))
        )
        st.button(
            _("Deactivate"), key=f"deactivate_{person.id}", type="primary", on_click=acts.deactivate, args=(person.id,)
        )


def _draw_erase(line: PersonLine, acts: PersonActs) -> None:
    person = line.person
    with st.popover(_("Erase"), icon=":material/delete_forever:"):
        st.markdown(
            _(
                "**Erase {name}?**  \nName, sign-in name, password, sessions, roles and groups are gone for good; in "
                "place of the name stands a number. Their decisions stay."
            ).format(name=plain(person.name))
        )
        typed = st.text_input(
            _("Type the sign-in name to erase: {login}").format(login=plain_label(person.login or "")),
            key=f"{ERASE_KEY}_{person.id}",
        )
        st.button(
            _("Erase for good"),
            key=f"erase_{person.id}",
            disabled=typed.strip() != person.login,
            on_click=acts.erase,
            args=(person.id, typed),
        )
