"""Lines of people as every list of them shows: a name, how the account stands, and a role to choose."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from hitl.domain.accounts import Person
from hitl.domain.language import _
from hitl.domain.people import MemberRole
from hitl.views.people import ROLE_TITLES, ROLES, STATE_NOTES
from hitl.views.wording import ago, plain

SEARCH_FROM = 15
_ROLE_WIDTH = 150
_ICONS = {"invited": "mail", "no_way_in": "link_off", "deactivated": "block", "erased": "block"}
_Line = TypeVar("_Line")


def search_lines(lines: Sequence[_Line], *, text_of: Callable[[_Line], str], key: str) -> Sequence[_Line]:
    """The lines that hold what is typed into a search box, which is drawn from ``SEARCH_FROM`` lines on."""
    if len(lines) <= SEARCH_FROM:
        return lines
    typed = (
        st.text_input(_("Search by name"), key=key, icon=":material/search:", max_chars=80, width=320)
        .strip()
        .casefold()
    )
    found = [line for line in lines if typed in text_of(line).casefold()]
    if not found:
        st.info(_("Nobody's name has that in it. Clear the search to see everybody."), icon=":material/search_off:")
    return found


def draw_choices() -> DeltaGenerator:
    """The place of what can be chosen in a row; on a narrow screen it wraps below the name as a whole."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", wrap=False)


def draw_row() -> DeltaGenerator:
    """One line of a list; what does not fit beside the name wraps below it."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small")


def person_text(person: Person, state: str, *, is_self: bool, notes: Sequence[str], groups: Sequence[str] = ()) -> str:
    """Name, notes and what groups give, as Markdown in lines; an account that can't be used says so beside the name."""
    shown = f"**{plain(person.name)}**" + (f" ({_('you')})" if is_self else "")
    if state in _ICONS:
        shown += f" :gray-badge[:material/{_ICONS[state]}: {STATE_NOTES[state]}]"
    lines = [" · ".join(plain(note) for note in notes if note), *(plain(group) for group in groups)]
    return "  \n".join([shown, *(_small(line) for line in lines)])


def seen_text(at: str | None, now: datetime) -> str:
    """When somebody was last here."""
    return _("last seen {ago}").format(ago=ago(at, now)) if at else _("not here yet")


def draw_role_choice(
    label: str, role: MemberRole | None, *, key: str, on_change: Callable[..., None], args: tuple[object, ...]
) -> None:
    """Draw the choice of a role; ``on_change`` is told ``args``, the widget's key and the role it had.

    The key holds the role, so that a change made elsewhere is shown and not the choice made here before.
    """
    key = f"{key}_{role or 'none'}"
    st.selectbox(
        label,
        list(MemberRole),
        index=list(MemberRole).index(role) if role else None,
        format_func=lambda one: ROLE_TITLES[one],
        key=key,
        placeholder=_("by group"),
        label_visibility="collapsed",
        width=_ROLE_WIDTH,
        on_change=on_change,
        args=(*args, key, role),
    )


def draw_roles_legend() -> None:
    """Draw what each role may do, folded away."""
    with st.expander(_("What each role may do"), icon=":material/help:"):
        for role in MemberRole:
            st.markdown(f"- {ROLES[role]}")


def _small(text: str) -> str:
    """Small text of escaped Markdown; cut before each ``@``, since in one piece an e-mail address becomes a link."""
    return "".join(f":small[{part}]" for part in text.replace(r"\@", "\n\\@").split("\n") if part)
