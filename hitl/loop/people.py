"""People after they joined: names, passwords, language; accounts closed, opened again, erased.

Somebody stays in charge: no act leaves the site without an administrator who can sign in, or a project that has an
owner without one.
"""

from datetime import datetime

from sqlite_utils import Database

from hitl.access import require, require_own
from hitl.adapters.erasing import list_older_copies, remove_files
from hitl.adapters.passwords import check_password, hash_password, verify_password
from hitl.domain.accounts import NUMBERS, Account, Person, SessionEnd, is_shut, lock_after, read_name
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NotFound, StoreUnusable
from hitl.domain.language import _
from hitl.domain.people import SYSTEM, Actor, Permission
from hitl.domain.reader import is_zone
from hitl.store import access_links, memberships, people, sessions
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.erasing import write_anew
from hitl.store.memberships import somebody_stays_in_charge


def list_people(tandem: Database, *, actor: Actor) -> list[Person]:
    """Everybody who was ever added, by name; erased ones are last."""
    require(actor, Permission.MANAGE_PEOPLE)
    return people.list_persons(tandem)


def rename_person(tandem: Database, *, person_id: int, name: str, actor: Actor, now: datetime) -> None:
    """A person is shown under another name from now on: oneself, or for an administrator anybody. Writes: people.

    Raises
    ------
    BadInput
        The name is empty or too long.
    NotFound
        There is no such person.
    """
    require_own(actor, person_id)
    shown = read_name(name)
    with write_transaction(tandem):
        _known(tandem, person_id)
        people.set_name(tandem, person_id=person_id, name=shown)
        append(tandem, actor, "rename_person", subject=f"person:{person_id}", now=now)


def set_language(tandem: Database, *, person_id: int, language: str | None, actor: Actor, now: datetime) -> None:
    """The language that a person reads; None follows the browser. Writes: people."""
    require_own(actor, person_id)
    with write_transaction(tandem):
        _known(tandem, person_id)
        people.set_language(tandem, person_id=person_id, language=language)
        append(tandem, actor, "set_language", subject=f"person:{person_id}", now=now)


def set_time_zone(tandem: Database, *, person_id: int, time_zone: str | None, actor: Actor, now: datetime) -> None:
    """The time zone that a person reads times in; None follows the browser. Writes: people.

    Raises
    ------
    BadInput
        There is no such zone.
    """
    require_own(actor, person_id)
    if time_zone is not None and not is_zone(time_zone):
        raise BadInput(_("There is no time zone '{zone}'. Choose one from the list.").format(zone=time_zone))
    with write_transaction(tandem):
        _known(tandem, person_id)
        people.set_time_zone(tandem, person_id=person_id, time_zone=time_zone)
        append(tandem, actor, "set_time_zone", subject=f"person:{person_id}", now=now)


def set_number(tandem: Database, *, person_id: int, number: int, actor: Actor, now: datetime) -> None:
    """The number that stands for a person where a project shows no names: for all that they did, earlier too.

    Writes: people.

    Raises
    ------
    BadInput
        It is not from 10 to 9,999.
    Conflict
        It stands for somebody else.
    """
    require_own(actor, person_id)
    if number not in NUMBERS:
        raise BadInput(_("Choose a number from 10 to 9,999."))
    with write_transaction(tandem):
        _known(tandem, person_id)
        taken = {text: one for one, text in people.read_pseudonyms(tandem).items()}
        if taken.get(str(number), person_id) != person_id:
            raise Conflict(_("That number stands for somebody else. Choose another one."))
        people.set_pseudonym(tandem, person_id=person_id, number=number)
        append(tandem, actor, "set_number", subject=f"person:{person_id}", now=now)


def set_admin(tandem: Database, *, person_id: int, is_admin: bool, actor: Actor, now: datetime) -> None:
    """A person is an administrator of the site from now on, or no more. Writes: people.

    Raises
    ------
    Conflict
        Nobody would be an administrator any more, or the account is closed.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem), somebody_stays_in_charge(tandem):
        person = _known(tandem, person_id)
        if is_admin and not person.is_active:
            raise Conflict(_("The account of {name} is closed. Open it again first.").format(name=person.name))
        people.set_admin(tandem, person_id=person_id, is_admin=is_admin)
        append(tandem, actor, "set_admin", subject=f"person:{person_id}", details={"admin": int(is_admin)}, now=now)


def change_password(
    tandem: Database, *, old: str, new: str, keep_session_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """The actor's own password is another one; all their other sessions are over.

    Takes a core for a moment: call it in a thread. Writes: accounts, sessions, access_links.

    Raises
    ------
    BadInput
        The old password is not theirs, or the new one is too easy.
    NotFound
        They have no account.
    """
    require_own(actor, actor.id)
    account = people.find_account_of(tandem, actor.id)
    person = _known(tandem, actor.id)
    if account is None or account.password_hash is None:
        raise NotFound(_("This account has no password. An administrator can make you a link to choose one."))
    if not verify_password(account.password_hash, old) or is_shut(account, now):
        _note_failure(tandem, account, now)
        raise BadInput(_("The old password is not right, or was wrong too often just now. Nothing was changed."))
    check_password(new, known=(person.name, account.login))
    password_hash, at = hash_password(new), utc_text(now)
    with write_transaction(tandem):
        present = people.find_account_of(tandem, actor.id)
        if present is None or present.password_hash != account.password_hash:
            raise Conflict(_("The password was changed meanwhile. Nothing was changed now."))
        people.set_password(tandem, person_id=actor.id, password_hash=password_hash, at=at)
        access_links.withdraw_links(tandem, actor.id, at=at)
        sessions.end_sessions_of(tandem, actor.id, but=keep_session_id, why=SessionEnd.PASSWORD_CHANGED, at=at)
        append(tandem, actor, "change_password", subject=f"person:{actor.id}", now=now)


def deactivate_person(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> None:
    """The account is closed and every session over; decisions, roles and groups stay.

    Writes: people, sessions, access_links.

    Raises
    ------
    Conflict
        Nobody else is an administrator, or owner of one of the projects.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    at = utc_text(now)
    with write_transaction(tandem), somebody_stays_in_charge(tandem):
        _known(tandem, person_id)
        people.set_deactivated(tandem, person_id=person_id, at=at)
        access_links.withdraw_links(tandem, person_id, at=at)
        sessions.end_sessions_of(tandem, person_id, why=SessionEnd.DEACTIVATED, at=at)
        append(tandem, actor, "deactivate_person", subject=f"person:{person_id}", now=now)


def reactivate_person(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> None:
    """The account is open again, with the roles and groups it had. Writes: people."""
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        _known(tandem, person_id)
        people.set_deactivated(tandem, person_id=person_id, at=None)
        append(tandem, actor, "reactivate_person", subject=f"person:{person_id}", now=now)


def erase_person(tandem: Database, *, person_id: int, actor: Actor, now: datetime) -> None:
    """Name, sign-in name, password, identities, sessions, links, roles and groups are gone; decisions stay.

    In place of the name stands "Former member" with a number. Copies of the database from before an upgrade go, and its
    file is written anew, so that no trace is left. Writes: people, accounts, identities, sessions, access_links,
    memberships, people_group_members.

    Raises
    ------
    Conflict
        Nobody else is an administrator, or owner of one of the projects.
    StoreUnusable
        They are erased, and traces stay while others read; the message says when they go.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    at = utc_text(now)
    with write_transaction(tandem), somebody_stays_in_charge(tandem):
        _known(tandem, person_id)
        people.erase_names(tandem, person_id=person_id, at=at)
        sessions.forget_sessions_of(tandem, person_id)
        access_links.forget_links_of(tandem, person_id)
        memberships.leave_all(tandem, person_id)
        append(tandem, actor, "erase_person", subject=f"person:{person_id}", now=now)
    _remove_traces(tandem)


def _remove_traces(tandem: Database) -> None:
    try:
        remove_files(list_older_copies(people.desk_folder(tandem)))
        write_anew(tandem)
    except StoreUnusable as error:
        sentence = _("The person is erased. Traces of the name go when the server is stopped next: {error}")
        raise StoreUnusable(sentence.format(error=error)) from error


def _note_failure(tandem: Database, account: Account, now: datetime) -> None:
    """Counted as at the door: a session that was left open must not be a way to try passwords."""
    with write_transaction(tandem):
        people.note_refusal(tandem, at=utc_text(now))
        present = people.find_account_of(tandem, account.person_id)
        if present and not is_shut(present, now):
            lock = lock_after(present.failures + 1)
            people.note_failure(
                tandem, person_id=present.person_id, locked_until=utc_text(now + lock) if lock else None
            )
            append(tandem, SYSTEM, "refuse_sign_in", subject=f"person:{present.person_id}", now=now)


def _known(tandem: Database, person_id: int) -> Person:
    """A person who has an account; an erased one has none."""
    person = people.find_person(tandem, person_id)
    if person is None or person.login is None:
        raise NotFound(_("There is no such person any more. Reload the page."))
    return person
