"""Sign-in: a name and password, or an identity, for a session; sessions found, listed and ended.

A refusal is one sentence, whatever its reason, and takes as long: a password is checked and a row is written for a name
that nobody has, too. Five failures shut an account for 30 seconds, each further one for twice as long, up to a quarter
of an hour; who signs in rightly meanwhile is refused as well.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require_own
from hitl.adapters.passwords import hash_password, is_outdated, verify_password
from hitl.domain.accounts import (
    LONGEST_LOGIN,
    LONGEST_NAME,
    SEEN_EVERY,
    SESSION_IDLE,
    Account,
    Identity,
    Person,
    Session,
    SessionEnd,
    SignedIn,
    SignInHow,
    fold_login,
    is_shut,
    lock_after,
)
from hitl.domain.clock import parse_utc, utc_text
from hitl.domain.errors import NotFound, SignInRefused, StoreUnusable
from hitl.domain.language import _
from hitl.domain.people import SYSTEM, Actor
from hitl.domain.tokens import hash_token, make_person_id
from hitl.store import memberships, people, sessions
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.folders import ARCHIVED


def sign_in(
    tandem: Database, *, login: str, password: str, agent: str = "", previous_token: str | None = None, now: datetime
) -> SignedIn:
    """A new session for who knows the password; the session of ``previous_token`` is over.

    Nobody acts yet: the password is what is asked for. Takes a core for a moment: call it in a thread.
    Writes: sessions, accounts, refused_sign_ins.

    Raises
    ------
    SignInRefused
        The name, the password or the moment is wrong; the words don't say which.
    """
    account = people.find_account(tandem, fold_login(login[: 2 * LONGEST_LOGIN]))
    stored = account.password_hash if account else None
    is_right = verify_password(stored, password)
    renewed = hash_password(password) if is_right and stored and is_outdated(stored) else stored
    with write_transaction(tandem):
        present = people.find_account_of(tandem, account.person_id) if account else None
        person = _admitted(tandem, present, now) if is_right and present and present.password_hash == stored else None
        if person is None:
            _note_refusal(tandem, present, is_right=is_right, now=now)
        else:
            people.note_success(tandem, person_id=person.id, password_hash=str(renewed))
            _note_sign_in(tandem, person, SignInHow.PASSWORD, now)
            token = sessions.begin_session(
                tandem,
                person_id=person.id,
                how=SignInHow.PASSWORD,
                agent=agent,
                previous_token=previous_token,
                now=now,
            )
    if person is None:
        raise refusal()
    return SignedIn(token, person)


def sign_in_with_identity(
    tandem: Database,
    identity: Identity,
    *,
    may_join: bool = True,
    agent: str = "",
    previous_token: str | None = None,
    now: datetime,
) -> SignedIn:
    """A new session for whom a single sign-on vouches; who is new here becomes a person, if ``may_join``.

    An identity is its issuer and subject alone: an address that somebody else chose there never opens an account here.
    Nobody acts yet: the issuer's word, which the caller has checked, is what is asked for. What it changes here is in
    the log, also that a project has lost its last owner by it; the last administrator stays one.
    Writes: sessions, people, accounts, identities, people_groups, people_group_members, audit_log.

    Raises
    ------
    SignInRefused
        The account is closed; or nobody has that identity, and nobody new may join, or nobody has an account yet.
    """
    with write_transaction(tandem):
        person = _identified(tandem, identity, may_join=may_join, now=now)
        if person is None or not person.is_active:
            raise refusal()
        _follow(tandem, person, identity, now)
        token = sessions.begin_session(
            tandem,
            person_id=person.id,
            how=SignInHow.IDENTITY,
            agent=agent,
            previous_token=previous_token,
            now=now,
        )
        known = people.find_person(tandem, person.id) or person
        _note_sign_in(tandem, known, SignInHow.IDENTITY, now)
    return SignedIn(token, known)


def find_session(tandem: Database, token: str, *, now: datetime) -> Session | None:
    """The session of a token that still stands, or None; that it was used is noted once a minute.

    Nobody acts yet: the token is what is asked for. Writes: sessions.
    """
    at = utc_text(now)
    found = sessions.find_open_session(tandem, hash_token(token), now=at, idle_since=utc_text(now - SESSION_IDLE))
    if found and parse_utc(found.seen_at) + SEEN_EVERY < now:
        _touch(tandem, found.id, at)
    return found


def sign_out(tandem: Database, token: str, *, now: datetime) -> None:
    """The session of a token is over. Nobody acts: the token is what is asked for. Writes: sessions."""
    with write_transaction(tandem):
        person_id = sessions.end_session_of_token(
            tandem, hash_token(token), why=SessionEnd.SIGNED_OUT, at=utc_text(now)
        )
        person = None if person_id is None else people.find_person(tandem, person_id)
        if person:
            append(tandem, Actor(person.id, person.name, None), "sign_out", subject=f"person:{person.id}", now=now)


def list_sessions(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> list[Session]:
    """A person's sessions that still stand, the newest first; one's own, or for an administrator anybody's.

    Raises
    ------
    NotPermitted
        They are somebody else's.
    """
    require_own(actor, person_id)
    idle_since = utc_text(now - SESSION_IDLE)
    return sessions.list_open_sessions(tandem, person_id, now=utc_text(now), idle_since=idle_since)


def end_session(tandem: Database, *, person_id: int, session_id: int, actor: Actor, now: datetime) -> None:
    """One session of a person is over: of one's own, or for an administrator of anybody's. Writes: sessions.

    Raises
    ------
    NotFound
        The person has no such session.
    NotPermitted
        They are somebody else's.
    """
    require_own(actor, person_id)
    with write_transaction(tandem):
        if sessions.find_owner_of_session(tandem, session_id) != person_id:
            raise NotFound(_("There is no such session any more. Reload the page."))
        sessions.end_session(tandem, session_id, why=SessionEnd.ENDED, at=utc_text(now))
        append(tandem, actor, "end_session", subject=f"person:{person_id}", details={"session": session_id}, now=now)


def end_sessions_of(tandem: Database, *, person_id: int, but: int | None = None, actor: Actor, now: datetime) -> None:
    """All sessions of a person are over, but one if named. Writes: sessions.

    Raises
    ------
    NotPermitted
        They are somebody else's.
    """
    require_own(actor, person_id)
    with write_transaction(tandem):
        sessions.end_sessions_of(tandem, person_id, but=but, why=SessionEnd.ENDED, at=utc_text(now))
        append(tandem, actor, "end_sessions", subject=f"person:{person_id}", now=now)


def refusal() -> SignInRefused:
    """The one sentence for whoever is not let in."""
    return SignInRefused(
        _(
            "That did not work. Check the name and the password; after several failures an account stays shut "
            "for a while. An administrator can make you a link for a new password."
        )
    )


def _admitted(tandem: Database, account: Account, now: datetime) -> Person | None:
    person = people.find_person(tandem, account.person_id)
    return person if person and person.is_active and not is_shut(account, now) else None


def _note_refusal(tandem: Database, account: Account | None, *, is_right: bool, now: datetime) -> None:
    """What is tried while an account is shut does not shut it for longer, or anybody could keep it so."""
    people.note_refusal(tandem, at=utc_text(now))
    if account and not is_right and not is_shut(account, now):
        lock = lock_after(account.failures + 1)
        people.note_failure(tandem, person_id=account.person_id, locked_until=utc_text(now + lock) if lock else None)
        append(tandem, SYSTEM, "refuse_sign_in", subject=f"person:{account.person_id}", now=now)


def _note_sign_in(tandem: Database, person: Person, how: SignInHow, now: datetime) -> None:
    actor = Actor(person.id, person.name, None)
    append(tandem, actor, "sign_in", subject=f"person:{person.id}", details={"how": how.value}, now=now)


def _touch(tandem: Database, session_id: int, at: str) -> None:
    try:
        with write_transaction(tandem):
            sessions.touch_session(tandem, session_id, at=at)
    except StoreUnusable:  # a full disk: who is signed in goes on reading
        return


def _identified(tandem: Database, identity: Identity, *, may_join: bool, now: datetime) -> Person | None:
    found = people.find_identity(tandem, issuer=identity.issuer, subject=identity.subject)
    if found is None and may_join and people.has_accounts(tandem):
        found = _join(tandem, identity, now)
    return None if found is None else people.find_person(tandem, found)


def _join(tandem: Database, identity: Identity, now: datetime) -> int:
    person_id, login = make_person_id(), identity.login or identity.subject
    shown = " ".join(identity.name.split())[:LONGEST_NAME] or fold_login(login)[:LONGEST_NAME]
    people.add_person(tandem, person_id=person_id, name=shown, is_admin=False, at=utc_text(now))
    people.add_account(tandem, person_id=person_id, login=_free_login(tandem, login))
    people.add_identity(tandem, issuer=identity.issuer, subject=identity.subject, person_id=person_id)
    _note_identity(tandem, "join", f"person:{person_id}", now)
    return person_id


def _free_login(tandem: Database, login: str) -> str:
    wanted, number = fold_login(login)[:LONGEST_LOGIN], 2
    found = wanted
    while not found or people.find_account(tandem, found):
        found, number = f"{wanted}-{number}", number + 1
    return found


def _follow(tandem: Database, person: Person, identity: Identity, now: datetime) -> None:
    """The person is what their identity says now, where it says something.

    Its word counts at once, also where a project is left without an owner: whoever was taken out of a group for a
    reason shall not stay in. Administrators see such a project and give it another owner.
    """
    owned = memberships.owned_slugs(tandem)
    if identity.is_admin is not None and identity.is_admin != person.is_admin:
        _follow_administration(tandem, person.id, is_admin=identity.is_admin, now=now)
    if identity.group_names is not None:
        _follow_groups(tandem, person.id, identity.group_names, now)
    for slug in sorted(owned - memberships.owned_slugs(tandem)):
        _note_identity(tandem, "lose_owner", f"project:{slug.removeprefix(ARCHIVED)}", now, person=person.id)


def _follow_administration(tandem: Database, person_id: int, *, is_admin: bool, now: datetime) -> None:
    """The last administrator stays one: nobody else could look after anything, nor see what was lost."""
    people.set_admin(tandem, person_id=person_id, is_admin=is_admin)
    if not is_admin and not people.can_anybody_administrate(tandem):
        people.set_admin(tandem, person_id=person_id, is_admin=True)
        _note_identity(tandem, "keep_last_admin", f"person:{person_id}", now)
        return
    _note_identity(tandem, "set_admin", f"person:{person_id}", now, admin=int(is_admin))


def _follow_groups(tandem: Database, person_id: int, names: Sequence[str], now: datetime) -> None:
    """The person is in the groups that the identity names, and in no other that an identity once named."""
    named = sorted({" ".join(one.split())[:LONGEST_NAME] for one in names} - {""})
    wanted = {_group_named(tandem, name, now) for name in named}
    claimed = set(memberships.list_claimed_groups(tandem, person_id))
    for group_id in sorted(claimed - wanted):
        memberships.remove_from_group(tandem, group_id=group_id, person_id=person_id)
        _note_identity(tandem, "remove_from_group", f"person:{person_id}", now, group=group_id)
    for group_id in sorted(wanted - set(memberships.list_groups_of(tandem, person_id))):
        memberships.add_to_group(tandem, group_id=group_id, person_id=person_id, how="identity")
        _note_identity(tandem, "add_to_group", f"person:{person_id}", now, group=group_id)


def _group_named(tandem: Database, name: str, now: datetime) -> int:
    known = memberships.find_group_named(tandem, name)
    if known is not None:
        return known
    group_id = memberships.add_group(tandem, name=name)
    _note_identity(tandem, "make_group", f"group:{group_id}", now)
    return group_id


def _note_identity(tandem: Database, act: str, subject: str, now: datetime, **details: int) -> None:
    """A row of what a single sign-on's word changed: nobody here did it."""
    append(tandem, SYSTEM, act, subject=subject, details={"how": SignInHow.IDENTITY.value, **details}, now=now)
