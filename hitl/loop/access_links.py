"""Links that let people in: the set-up link of the first owner, invitations, and links for a new password.

Whoever makes one copies it to the person: there is no mail server. Each works once and expires; a new one for the same
person ends those before it. Only the hash of its token is stored.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from hitl.access import actor_here, may, require, require_in
from hitl.adapters.passwords import check_password, hash_password
from hitl.domain.accounts import (
    LINK_LIFE,
    AccessLink,
    LinkKind,
    MadeLink,
    Person,
    SessionEnd,
    SignedIn,
    SignInHow,
    read_login,
    read_name,
)
from hitl.domain.clock import utc_text
from hitl.domain.errors import Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole, Permission
from hitl.domain.tokens import hash_token, make_person_id, make_token
from hitl.store import access_links as links
from hitl.store import memberships, people, sessions
from hitl.store.audit import append
from hitl.store.connection import list_slugs, no_project, write_transaction
from hitl.store.folders import ARCHIVED, list_archived


def make_setup_link(tandem: Database, *, actor: Actor, now: datetime) -> MadeLink:
    """The link by which the first owner gets an account: person 1, administrator, owner of every project there is.

    Writes: access_links.

    Raises
    ------
    Conflict
        Somebody has an account already.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        if people.has_accounts(tandem):
            raise Conflict(_has_owner())
        return _make(tandem, LinkKind.SETUP, LOCAL_OWNER.id, actor, now)


def invite(
    tandem: Database,
    *,
    name: str,
    login: str,
    is_admin: bool = False,
    roles: Mapping[str, MemberRole] | None = None,
    group_ids: Sequence[int] = (),
    actor: Actor,
    now: datetime,
) -> MadeLink:
    """A new person with an account that nothing opens yet, and the link by which they choose its password.

    An administrator invites anybody as anything; an owner invites into projects of their own, and into nothing else.

    Parameters
    ----------
    roles : mapping of str to MemberRole, optional
        Their role in projects, by short name.

    Writes: people, accounts, access_links, memberships, people_group_members.

    Raises
    ------
    BadInput
        The name or the sign-in name is empty or too long.
    Conflict
        The sign-in name is taken, or nobody has an account yet: the first owner comes first.
    NotFound
        There is no such project or group, or the actor is no member of the project.
    NotPermitted
        The actor is no administrator, and no owner of each of the projects.
    """
    _require_to_invite(tandem, actor, roles or {}, goes_beyond=is_admin or bool(group_ids))
    shown, folded = read_name(name), read_login(login)
    with write_transaction(tandem):
        if not people.has_accounts(tandem):
            raise Conflict(
                _("First give yourself an account; from then on everybody signs in, and you can invite others.")
            )
        _check_free(tandem, folded)
        person_id = make_person_id()
        people.add_person(tandem, person_id=person_id, name=shown, is_admin=is_admin, at=utc_text(now))
        people.add_account(tandem, person_id=person_id, login=folded)
        _let_in(tandem, person_id, roles or {}, group_ids, actor=actor, now=now)
        return _make(tandem, LinkKind.INVITE, person_id, actor, now)


def make_reset_link(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> MadeLink:
    """The link by which a person chooses a new password; for who has none yet, a new invitation.

    The password they have works until the link is used. Writes: access_links.

    Raises
    ------
    NotFound
        There is no such person, or they have no account.
    Conflict
        The account is closed.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        person = _known(tandem, person_id)
        if not person.is_active:
            raise Conflict(_("The account of {name} is closed. Open it again first.").format(name=person.name))
        kind = LinkKind.RESET if person.can_sign_in else LinkKind.INVITE
        return _make(tandem, kind, person_id, actor, now)


def withdraw_links(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> None:
    """No link made for that person works any more. Writes: access_links."""
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        links.withdraw_links(tandem, person_id, at=utc_text(now))
        append(tandem, actor, "withdraw_links", subject=f"person:{person_id}", now=now)


def list_links(tandem: Database, *, actor: Actor, now: datetime) -> list[AccessLink]:
    """All links that still work, the newest first, without their tokens."""
    require(actor, Permission.MANAGE_PEOPLE)
    return links.list_open_links(tandem, now=utc_text(now))


def read_link(tandem: Database, token: str, *, now: datetime) -> tuple[AccessLink, Person]:
    """What a link is for, and whom. Nobody acts yet: the token is what is asked for. Changes nothing.

    Raises
    ------
    NotFound
        It was used, has expired, was withdrawn or never was: the words are the same.
    """
    link = links.find_open_link(tandem, hash_token(token), now=utc_text(now))
    person = people.find_person(tandem, link.person_id) if link else None
    if link is None or person is None or (link.kind is LinkKind.SETUP and people.has_accounts(tandem)):
        raise NotFound(
            _("This link was used already, has expired or was withdrawn. Ask whoever gave it to you for a new one.")
        )
    return link, person


def use_link(
    tandem: Database,
    token: str,
    *,
    password: str,
    name: str | None = None,
    login: str | None = None,
    agent: str = "",
    previous_token: str | None = None,
    now: datetime,
) -> SignedIn:
    """The password of a link's person is the one given, they are signed in, and the link works no more.

    All other sessions of theirs are over. Nobody acts yet: the token is what is asked for. Takes a core for a
    moment: call it in a thread. Writes: accounts, access_links, sessions, people, memberships.

    Parameters
    ----------
    name : str, optional
        How the person wants to be called; None leaves it as it is.
    login : str, optional
        The sign-in name that the first owner chooses; others have theirs.

    Raises
    ------
    NotFound
        The link works no more.
    BadInput
        The password is too easy, or a name is empty or too long.
    Conflict
        The sign-in name is taken.
    """
    link, person = read_link(tandem, token, now=now)
    shown = person.name if name is None else read_name(name)
    folded = read_login(login or "") if link.kind is LinkKind.SETUP else person.login or ""
    check_password(password, known=(shown, folded))
    password_hash, at = hash_password(password), utc_text(now)
    with write_transaction(tandem):
        read_link(tandem, token, now=now)  # somebody may have used it meanwhile
        if link.kind is LinkKind.SETUP:
            _take_over(tandem, folded)
        people.set_name(tandem, person_id=person.id, name=shown)
        people.set_password(tandem, person_id=person.id, password_hash=password_hash, at=at)
        _use_up(tandem, link, at)
        new_token = sessions.begin_session(
            tandem, person_id=person.id, how=SignInHow.LINK, agent=agent, previous_token=previous_token, now=now
        )
        known = _note_use(tandem, link, now)
    return SignedIn(new_token, known)


def _require_to_invite(tandem: Database, actor: Actor, roles: Mapping[str, MemberRole], *, goes_beyond: bool) -> None:
    """An administrator as of now; or an owner of each project named, where the invitation gives nothing else."""
    if goes_beyond or not roles:
        require(actor, Permission.MANAGE_PEOPLE)
    for slug in roles:
        if not may(actor_here(tandem, actor, slug), Permission.MANAGE_PEOPLE):
            require_in(tandem, actor, slug, Permission.MANAGE)


def _let_in(
    tandem: Database,
    person_id: int,
    roles: Mapping[str, MemberRole],
    group_ids: Sequence[int],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Each role and group that an invitation gives is in the log by itself, as if it were given later."""
    subject = f"person:{person_id}"
    for slug, role in roles.items():
        _require_project(tandem, slug)
        memberships.put_role(tandem, slug=slug, person_id=person_id, people_group_id=None, role=role)
        details = {"project": slug, "role": role.value}
        append(tandem, actor, "set_role", subject=subject, details=details, now=now)
    for group_id in group_ids:
        if memberships.find_group(tandem, group_id) is None:
            raise NotFound(_("There is no such group any more. Reload the page."))
        memberships.add_to_group(tandem, group_id=group_id, person_id=person_id)
        append(tandem, actor, "add_to_group", subject=subject, details={"group": group_id}, now=now)


def _make(tandem: Database, kind: LinkKind, person_id: int, actor: Actor, now: datetime) -> MadeLink:
    token, expires_at = make_token(), utc_text(now + LINK_LIFE[kind])
    link_id = links.add_link(
        tandem,
        token_hash=hash_token(token),
        kind=kind,
        person_id=person_id,
        made_by=actor.id,
        at=utc_text(now),
        expires_at=expires_at,
    )
    append(tandem, actor, f"make_{kind.value}_link", subject=f"person:{person_id}", details={"link": link_id}, now=now)
    return MadeLink(token, kind, person_id, expires_at)


def _note_use(tandem: Database, link: AccessLink, now: datetime) -> Person:
    known, details = _known(tandem, link.person_id), {"link": link.id, "kind": link.kind.value}
    actor = Actor(known.id, known.name, None)
    append(tandem, actor, "use_link", subject=f"person:{known.id}", details=details, now=now)
    return known


def _use_up(tandem: Database, link: AccessLink, at: str) -> None:
    """That link, any other for the same person, and the sessions that an earlier password began are over."""
    links.use_up(tandem, link.id, at=at)
    links.withdraw_links(tandem, link.person_id, at=at)
    sessions.end_sessions_of(tandem, link.person_id, why=SessionEnd.PASSWORD_CHANGED, at=at)


def _take_over(tandem: Database, login: str) -> None:
    """Person 1 gets an account: administrator, and owner of every project there is, archived ones too."""
    people.add_account(tandem, person_id=LOCAL_OWNER.id, login=login)
    people.set_admin(tandem, person_id=LOCAL_OWNER.id, is_admin=True)
    folder = people.desk_folder(tandem)
    for slug in [*list_slugs(folder), *(f"{ARCHIVED}{slug}" for slug in list_archived(folder))]:
        memberships.put_role(tandem, slug=slug, person_id=LOCAL_OWNER.id, people_group_id=None, role=MemberRole.OWNER)


def _known(tandem: Database, person_id: int) -> Person:
    person = people.find_person(tandem, person_id)
    if person is None or person.login is None:
        raise NotFound(_("There is no such person with an account. Reload the page."))
    return person


def _check_free(tandem: Database, login: str) -> None:
    if people.find_account(tandem, login):
        raise Conflict(_("Somebody signs in as '{login}' already. Choose another sign-in name.").format(login=login))


def _require_project(tandem: Database, slug: str) -> None:
    if slug not in list_slugs(people.desk_folder(tandem)):
        raise no_project(slug)


def _has_owner() -> str:
    return _(
        "Somebody has an account already, so there is no first owner to let in. For a new password: "
        "`python -m hitl people reset NAME`."
    )
