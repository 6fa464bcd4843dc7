"""People with accounts, their sessions and the links that let them in, as records."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from hitl.domain.clock import parse_utc
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import MemberRole

SESSION_IDLE = timedelta(hours=12)
SESSION_LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
FAILURES_BEFORE_LOCK = 5
FIRST_LOCK = timedelta(seconds=30)
LONGEST_LOCK = timedelta(minutes=15)
LONGEST_NAME = 80
NUMBERS = range(10, 10_000)
"""Those that may stand for a person where names are not shown."""
LONGEST_LOGIN = 120
LONGEST_AGENT = 200


class SignInHow(StrEnum):
    """What a session began with."""

    PASSWORD = "password"  # noqa: S105  the name of a way, no password
    IDENTITY = "identity"
    LINK = "link"


class LinkKind(StrEnum):
    """What a link is for; each works once."""

    SETUP = "setup"
    INVITE = "invite"
    RESET = "reset"


LINK_LIFE = {
    LinkKind.SETUP: timedelta(hours=24),
    LinkKind.INVITE: timedelta(days=7),
    LinkKind.RESET: timedelta(hours=24),
}


class SessionEnd(StrEnum):
    """Why a session was ended before its time."""

    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"
    ENDED = "ended"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  a reason, no password
    DEACTIVATED = "deactivated"
    ERASED = "erased"


@dataclass(frozen=True)
class Person:
    """A person as the site knows them.

    ``login`` is None for who was never given an account; ``can_sign_in`` says whether a password or an identity opens
    it. ``name`` of an erased person is the one that took its place.
    """

    id: int
    name: str
    login: str | None
    is_admin: bool
    can_sign_in: bool
    language: str | None
    time_zone: str | None
    created_at: str | None
    deactivated_at: str | None
    erased_at: str | None

    @property
    def is_active(self) -> bool:
        """Whether the account may be used at all."""
        return self.deactivated_at is None and self.erased_at is None


@dataclass(frozen=True)
class Account:
    """How a person signs in with a password, and how often that failed since it last worked."""

    person_id: int
    login: str
    password_hash: str | None
    failures: int
    locked_until: str | None


@dataclass(frozen=True)
class Identity:
    """Whom a single sign-on vouches for, as its checked claims say.

    Attributes
    ----------
    issuer, subject : str
        Together they are the identity; nothing else is compared.
    login : str
        What the person is called there; a new person signs in under it, or under it with a number where it is taken.
    group_names : tuple of str, optional
        The groups the identity is in now; None where it says nothing. Groups that are not here are made.
    is_admin : bool, optional
        Whether the identity makes an administrator; None leaves that as it is.
    """

    issuer: str
    subject: str
    name: str
    login: str
    group_names: tuple[str, ...] | None = None
    is_admin: bool | None = None


@dataclass(frozen=True)
class Session:
    """A sign-in that still stands; ``seen_at`` is exact to a minute.

    ``language`` and ``time_zone`` are what its person chose to read in; None follows the browser.
    """

    id: int
    person_id: int
    how: SignInHow
    agent: str
    created_at: str
    seen_at: str
    ends_at: str
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """Who signed in, and the token of the new session, which is told once and never stored."""

    token: str
    person: Person


@dataclass(frozen=True)
class AccessLink:
    """A link that still works."""

    id: int
    kind: LinkKind
    person_id: int
    made_by: int
    made_at: str
    expires_at: str


@dataclass(frozen=True)
class MadeLink:
    """A new link: its token, which is told once and never stored, whom it is for, and until when it works."""

    token: str
    kind: LinkKind
    person_id: int
    expires_at: str


@dataclass(frozen=True)
class Membership:
    """The role that a person, or a group of people, has in a project."""

    slug: str
    person_id: int | None
    people_group_id: int | None
    role: MemberRole


@dataclass(frozen=True)
class PeopleGroup:
    """A group of people and who is in it."""

    id: int
    name: str
    person_ids: tuple[int, ...]


def fold_login(text: str) -> str:
    """A sign-in name as it is compared and stored.

    >>> fold_login("  Ann.Lee "), fold_login("ＡＮＮ")
    ('ann.lee', 'ann')
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).strip()


def highest(roles: list[MemberRole]) -> MemberRole | None:
    """The role that may do most; None of none.

    >>> highest([MemberRole.LEAD, MemberRole.VIEWER]), highest([])
    (<MemberRole.LEAD: 'lead'>, None)
    """
    order = list(MemberRole)
    return max(roles, key=order.index, default=None)


def read_name(text: str) -> str:
    """A person's name as it is shown, on one line.

    Raises
    ------
    BadInput
        It is empty or too long.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(
            _("A name has 1 to {longest} characters on one line. Write it as colleagues know it.").format(
                longest=LONGEST_NAME
            )
        )
    return name


def read_login(text: str) -> str:
    """A sign-in name as it is stored.

    Raises
    ------
    BadInput
        It is empty, too long, or has characters that don't show.
    """
    login = fold_login(text)
    if not login or len(login) > LONGEST_LOGIN or not login.isprintable() or " " in login:
        raise BadInput(
            _("A sign-in name has 1 to {longest} characters without spaces, for example first.last.").format(
                longest=LONGEST_LOGIN
            )
        )
    return login


def lock_after(failures: int) -> timedelta | None:
    """How long an account stays shut after so many failures in a row; None while it stays open.

    >>> [str(lock_after(count)) for count in (4, 5, 6, 9, 10, 999)]
    ['None', '0:00:30', '0:01:00', '0:08:00', '0:15:00', '0:15:00']
    """
    if failures < FAILURES_BEFORE_LOCK:
        return None
    doublings = min(failures - FAILURES_BEFORE_LOCK, LONGEST_LOCK // FIRST_LOCK)
    return min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)


def is_shut(account: Account, now: datetime) -> bool:
    """Whether an account is shut at a moment, after failures in a row."""
    return account.locked_until is not None and parse_utc(account.locked_until) > now
