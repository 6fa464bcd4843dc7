"""A person's own page: name, language and times, password, sessions, roles, their data."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import streamlit as st

from hitl.domain.accounts import LONGEST_NAME, NUMBERS, Person
from hitl.domain.language import _, ngettext
from hitl.domain.web_path import web_path
from hitl.ui.door_link import draw_quiet_button
from hitl.views.own_page import HOW, OwnAccount, SessionLine
from hitl.views.people import ROLES
from hitl.views.wording import ago, plain

NAME_KEY, NUMBER_KEY, LANGUAGE_KEY, ZONE_KEY = "own_name", "own_number", "own_language", "own_zone"
PASSWORD_PATH = "/auth/password"  # noqa: S105  an address, no password
_FOLLOW = ""
"""The choice to follow the browser."""


def draw_name(own: OwnAccount, *, on_save: Callable[[], None], on_number: Callable[[], None]) -> None:
    """Draw the name with its form, the sign-in name, and the number that stands for it where names are not shown."""
    st.subheader(_("Name"), anchor=False)
    with st.form("own_name_form", border=False):
        st.text_input(
            _("Your name"),
            value=own.person.name,
            key=NAME_KEY,
            max_chars=LONGEST_NAME,
            help=_("As colleagues know you."),
        )
        st.form_submit_button(_("Save the name"), icon=":material/check:", on_click=on_save)
    st.caption(_("You sign in as {login}.").format(login=plain(own.person.login)))
    if own.number:
        st.number_input(
            _("Your number"),
            min_value=NUMBERS.start,
            max_value=NUMBERS.stop - 1,
            value=int(own.number),
            key=NUMBER_KEY,
            on_change=on_number,
            width=140,
        )
        st.caption(
            _("A project may show names to its leads alone. Others then see you as Colleague {number}.").format(
                number=own.number
            )
        )


def draw_reading(
    person: Person,
    *,
    languages: Mapping[str, str],
    zones: Sequence[str],
    browser: tuple[str, str],
    on_language: Callable[[], None],
    on_zone: Callable[[], None],
) -> None:
    """Draw the choice of language and time zone; ``browser`` is what the browser says of both."""
    st.subheader(_("Language and times"), anchor=False)
    follow = _("As the browser says ({what})")
    st.selectbox(
        _("Language of words and numbers"),
        [_FOLLOW, *languages],
        index=_place([_FOLLOW, *languages], person.language),
        format_func=lambda tag: languages[tag] if tag else follow.format(what=browser[0]),
        key=LANGUAGE_KEY,
        on_change=on_language,
    )
    st.selectbox(
        _("Time zone"),
        [_FOLLOW, *zones],
        index=_place([_FOLLOW, *zones], person.time_zone),
        format_func=lambda zone: zone or follow.format(what=browser[1]),
        key=ZONE_KEY,
        on_change=on_zone,
    )


def draw_password(own: OwnAccount) -> None:
    """Draw the way to the door's page for a new password, or why there is none."""
    st.subheader(_("Password"), anchor=False)
    if own.has_password:
        st.markdown(_("A new password ends all your other sessions."))
        draw_quiet_button(_("Change the password"), web_path(PASSWORD_PATH))
    else:
        st.markdown(_("You sign in with single sign-on; there is no password here to change."))


def draw_sessions(
    lines: Sequence[SessionLine], *, now: datetime, on_end: Callable[[int], None], on_end_others: Callable[[], None]
) -> None:
    """Draw where the person is signed in, each with a way to end it."""
    st.subheader(_("Where you are signed in"), anchor=False)
    for line in lines:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(_session_text(line, now), width="stretch")
            if not line.is_this:
                st.button(
                    _("End"),
                    key=f"end_session_{line.session.id}",
                    icon=":material/logout:",
                    type="tertiary",
                    help=_("End the session in {device}").format(device=line.device),
                    on_click=on_end,
                    args=(line.session.id,),
                )
    others = sum(not line.is_this for line in lines)
    if others:
        text = ngettext("End the other one", "End all {count} others", others).format(count=others)
        st.button(text, key="end_other_sessions", icon=":material/logout:", on_click=on_end_others)
    st.caption(_("A session ends by itself after 12 hours without use, and after 7 days in any case."))


def draw_roles(own: OwnAccount) -> None:
    """Draw what the person may do where."""
    st.subheader(_("Your projects"), anchor=False)
    for name, role in own.roles:
        st.markdown(f"**{plain(name)}**  \n{ROLES[role]}")
    if not own.roles:
        st.markdown(_("You are in no project yet. Ask the owner of one, or an administrator, to add you."))
    if own.person.is_admin:
        st.markdown(_("**This Tandem**  \nadministrator: people, new projects, back-ups"))
    if own.group_names:
        groups = ", ".join(plain(name) for name in own.group_names)
        st.caption(_("You are in: {groups}").format(groups=groups))


def draw_data(login: str, *, make: Callable[[], bytes]) -> None:
    """Draw the download of all that is stored about the person."""
    st.subheader(_("Your data"), anchor=False)
    st.markdown(
        _(
            "Everything stored about you, as one file that programs read: account, sessions, roles and every decision "
            "of yours. The texts of items are not in it."
        )
    )
    st.download_button(
        _("Download"),
        data=make,
        file_name=f"tandem-{_safe(login)}.json",
        mime="application/json",
        key="own_data",
        icon=":material/download:",
        on_click="ignore",
    )


def _session_text(line: SessionLine, now: datetime) -> str:
    session, icon = line.session, "smartphone" if line.is_hand_held else "computer"
    this = f" :gray-badge[{_('this one')}]" if line.is_this else ""
    began = _("signed in {ago} {how}").format(ago=ago(session.created_at, now), how=HOW[session.how])
    seen = _("last used {ago}").format(ago=ago(session.seen_at, now))
    return f":material/{icon}: **{plain(line.device)}**{this}  \n:small[{began} · {seen}]"


def _place(options: Sequence[str], wanted: str | None) -> int:
    return options.index(wanted) if wanted and wanted in options else 0


def _safe(login: str) -> str:
    return "".join(character if character.isascii() and character.isalnum() else "-" for character in login)
