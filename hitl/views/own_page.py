"""A person's own account as its page shows it: roles, groups, sessions, what can be chosen; their data as a file."""

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from sqlite_utils import Database

from hitl.access import actor_in
from hitl.domain.accounts import Person, Session, SignInHow
from hitl.domain.errors import NotFound
from hitl.domain.language import Words, _, later, list_languages
from hitl.domain.people import Actor, MemberRole
from hitl.loop.own_data import own_data
from hitl.loop.sign_in import list_sessions
from hitl.store.connection import open_tandem
from hitl.store.memberships import list_groups
from hitl.store.people import find_account_of, find_person, list_issuers, read_pseudonyms
from hitl.views.devices import device_text, is_hand_held
from hitl.views.projects import list_projects

HOW: Words[str] = Words(
    {
        SignInHow.PASSWORD: later("with the password"),
        SignInHow.IDENTITY: later("with single sign-on"),
        SignInHow.LINK: later("with a link"),
    }
)
_ZONE_AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@dataclass(frozen=True)
class SessionLine:
    """One of a person's sessions, in their words."""

    session: Session
    device: str
    is_hand_held: bool
    is_this: bool


@dataclass(frozen=True)
class OwnAccount:
    """What a person reads about themself; ``number`` stands for the name where a project shows none."""

    person: Person
    number: str
    has_password: bool
    issuers: tuple[str, ...]
    roles: tuple[tuple[str, MemberRole], ...]
    group_names: tuple[str, ...]
    sessions: tuple[SessionLine, ...]


def read_own_account(
    tandem: Database, data_dir: Path, *, session_id: int | None, actor: Actor, now: datetime
) -> OwnAccount:
    """The account of whoever acts; ``session_id`` is the session they are here with.

    Raises
    ------
    NotFound
        They have no account.
    """
    person, account = find_person(tandem, actor.id), find_account_of(tandem, actor.id)
    if person is None or account is None:
        raise NotFound(_("There is no such person any more. Reload the page."))
    held = [(line.name, actor_in(tandem, actor.id, line.slug).role) for line in list_projects(data_dir, of=actor.id)]
    sessions = list_sessions(tandem, person_id=actor.id, actor=actor, now=now)
    return OwnAccount(
        person=person,
        number=read_pseudonyms(tandem).get(actor.id, ""),
        has_password=account.password_hash is not None,
        issuers=tuple(list_issuers(tandem, actor.id)),
        roles=tuple((name, role) for name, role in held if role is not None),
        group_names=tuple(group.name for group in list_groups(tandem) if actor.id in group.person_ids),
        sessions=tuple(
            SessionLine(one, device_text(one.agent), is_hand_held(one.agent), one.id == session_id) for one in sessions
        ),
    )


def make_own_data(data_dir: Path, *, person_id: int, actor: Actor, now: datetime) -> bytes:
    """All that is stored about a person, made when the browser asks for it, with a connection of its own.

    Raises
    ------
    NotPermitted
        It is about somebody else.
    """
    tandem = open_tandem(data_dir)
    with closing(tandem.conn):
        record = own_data(tandem, person_id=person_id, actor=actor, now=now)
    return json.dumps(record, ensure_ascii=False, indent=2).encode()


@lru_cache(maxsize=1)
def list_zones() -> tuple[str, ...]:
    """The time zones to choose from: UTC, and those named after places."""
    places = (name for name in available_timezones() if name.partition("/")[0] in _ZONE_AREAS and "/" in name)
    return ("UTC", *sorted(places))


def name_languages() -> dict[str, str]:
    """The languages that there are words in, each by its own name.

    >>> name_languages()["en"]
    'English'
    """
    return {tag: _own_name(tag) for tag in list_languages()}


def _own_name(tag: str) -> str:
    try:
        name = Locale.parse(tag).get_display_name() or tag
    except (UnknownLocaleError, ValueError):
        return tag
    return f"{name[0].upper()}{name[1:]}"
