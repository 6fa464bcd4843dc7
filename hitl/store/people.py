"""People and their accounts, in tandem.db."""

import random
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from hitl.domain.accounts import Account, Person
from hitl.domain.language import _
from hitl.store.connection import fetch_all, fetch_one, fetch_value

_PEOPLE = """
    SELECT people.id, people.name, accounts.login, people.is_admin, people.language, people.time_zone,
        people.created_at, people.deactivated_at, people.erased_at,
        accounts.password_hash IS NOT NULL
            OR EXISTS (SELECT 1 FROM identities WHERE identities.person_id = people.id) AS can_sign_in
    FROM people LEFT JOIN accounts ON accounts.person_id = people.id
    WHERE people.kind = 'person'
    """
_ERASED_NAME = "Former member"
_FEWEST_PSEUDONYMS = 90


def desk_folder(tandem: Database) -> Path:
    """The data folder that this database of people lies in."""
    return Path(str(tandem.conn.execute("PRAGMA database_list").fetchone()[2])).parent


def has_accounts(tandem: Database) -> bool:
    """Whether anybody has an account: from then on everybody signs in. Asked anew each time, which costs one look."""
    return bool(fetch_value(tandem, "SELECT EXISTS (SELECT 1 FROM accounts)"))


def find_person(tandem: Database, person_id: int) -> Person | None:
    """The person with that id, or None; the system and the simulated reviewer are no persons."""
    row = fetch_one(tandem, f"{_PEOPLE} AND people.id = ?", (person_id,))
    return _person(row) if row else None


def list_persons(tandem: Database) -> list[Person]:
    """Everybody who was ever added, by name; erased ones are last."""
    rows = fetch_all(tandem, f"{_PEOPLE} ORDER BY people.erased_at IS NOT NULL, people.name COLLATE NOCASE, people.id")
    return [_person(row) for row in rows]


def add_person(tandem: Database, *, person_id: int, name: str, is_admin: bool, at: str) -> None:
    """Write a new person. Writes: people."""
    tandem.execute(
        "INSERT INTO people(id, name, kind, created_at, is_admin, pseudonym) VALUES (?, ?, 'person', ?, ?, ?)",
        (person_id, name, at, int(is_admin), _free_pseudonym(tandem)),
    )


def set_name(tandem: Database, *, person_id: int, name: str) -> None:
    """Give a person another name. Writes: people."""
    tandem.execute("UPDATE people SET name = ? WHERE id = ?", (name, person_id))


def set_admin(tandem: Database, *, person_id: int, is_admin: bool) -> None:
    """Make a person an administrator of the site, or no more. Writes: people."""
    tandem.execute("UPDATE people SET is_admin = ? WHERE id = ?", (int(is_admin), person_id))


def set_language(tandem: Database, *, person_id: int, language: str | None) -> None:
    """The language that a person reads; None follows the browser. Writes: people."""
    tandem.execute("UPDATE people SET language = ? WHERE id = ?", (language, person_id))


def set_time_zone(tandem: Database, *, person_id: int, time_zone: str | None) -> None:
    """The time zone that a person reads times in; None follows the browser. Writes: people."""
    tandem.execute("UPDATE people SET time_zone = ? WHERE id = ?", (time_zone, person_id))


def set_pseudonym(tandem: Database, *, person_id: int, number: int) -> None:
    """The number that stands for a person, which nobody else has. Writes: people."""
    tandem.execute("UPDATE people SET pseudonym = ? WHERE id = ?", (str(number), person_id))


def set_deactivated(tandem: Database, *, person_id: int, at: str | None) -> None:
    """Close a person's account as of a moment, or open it again with None. Writes: people."""
    tandem.execute("UPDATE people SET deactivated_at = ? WHERE id = ?", (at, person_id))


def erase_names(tandem: Database, *, person_id: int, at: str) -> None:
    """A number in place of the name; login, password and identities are gone.

    Writes: people, accounts, identities.
    """
    number = fetch_value(tandem, "SELECT count(*) + 1 FROM people WHERE erased_at IS NOT NULL")
    tandem.execute(
        "UPDATE people SET name = :name, pseudonym = NULL, language = NULL, time_zone = NULL, is_admin = 0,"
        " erased_at = :at, deactivated_at = coalesce(deactivated_at, :at) WHERE id = :id",
        {"name": f"{_ERASED_NAME} {number}", "at": at, "id": person_id},
    )
    tandem.execute("DELETE FROM accounts WHERE person_id = ?", (person_id,))
    tandem.execute("DELETE FROM identities WHERE person_id = ?", (person_id,))


def can_anybody_administrate(tandem: Database) -> bool:
    """Whether some administrator can sign in."""
    return any(one.is_admin and one.is_active and one.can_sign_in for one in list_persons(tandem))


def find_account(tandem: Database, login: str) -> Account | None:
    """The account with that sign-in name, folded, or None."""
    row = fetch_one(
        tandem,
        "SELECT person_id, login, password_hash, failures, locked_until FROM accounts WHERE login = ?",
        (login,),
    )
    return Account(**row) if row else None


def find_account_of(tandem: Database, person_id: int) -> Account | None:
    """A person's account, or None."""
    row = fetch_one(
        tandem,
        "SELECT person_id, login, password_hash, failures, locked_until FROM accounts WHERE person_id = ?",
        (person_id,),
    )
    return Account(**row) if row else None


def add_account(tandem: Database, *, person_id: int, login: str) -> None:
    """An account that nothing opens yet, under a folded sign-in name. Writes: accounts, people."""
    tandem.execute("INSERT INTO accounts(person_id, login) VALUES (?, ?)", (person_id, login))
    tandem.execute(
        "UPDATE people SET pseudonym = ? WHERE id = ? AND pseudonym IS NULL", (_free_pseudonym(tandem), person_id)
    )


def set_password(tandem: Database, *, person_id: int, password_hash: str, at: str) -> None:
    """The hash that opens an account from now on; earlier failures are forgotten. Writes: accounts."""
    tandem.execute(
        "UPDATE accounts SET password_hash = ?, password_set_at = ?, failures = 0, locked_until = NULL"
        " WHERE person_id = ?",
        (password_hash, at, person_id),
    )


def note_success(tandem: Database, *, person_id: int, password_hash: str) -> None:
    """Earlier failures are forgotten; the hash is kept as it is made today. Writes: accounts."""
    tandem.execute(
        "UPDATE accounts SET failures = 0, locked_until = NULL, password_hash = ? WHERE person_id = ?",
        (password_hash, person_id),
    )


def note_failure(tandem: Database, *, person_id: int, locked_until: str | None) -> None:
    """One more failure of an account, and until when it stays shut. Writes: accounts."""
    tandem.execute(
        "UPDATE accounts SET failures = failures + 1, locked_until = ? WHERE person_id = ?", (locked_until, person_id)
    )


def note_refusal(tandem: Database, *, at: str) -> None:
    """One more refused sign-in of that day, under a known name or not: both write, and so take as long.

    Writes: refused_sign_ins.
    """
    tandem.execute(
        "INSERT INTO refused_sign_ins(day, count) VALUES (substr(?, 1, 10), 1)"
        " ON CONFLICT(day) DO UPDATE SET count = count + 1",
        (at,),
    )


def find_identity(tandem: Database, *, issuer: str, subject: str) -> int | None:
    """Whom an identity of a single sign-on belongs to, or None."""
    found = fetch_value(tandem, "SELECT person_id FROM identities WHERE issuer = ? AND subject = ?", (issuer, subject))
    return None if found is None else int(found)


def add_identity(tandem: Database, *, issuer: str, subject: str, person_id: int) -> None:
    """An identity of a single sign-on opens a person's account. Writes: identities."""
    tandem.execute("INSERT INTO identities(issuer, subject, person_id) VALUES (?, ?, ?)", (issuer, subject, person_id))


def list_issuers(tandem: Database, person_id: int) -> list[str]:
    """The single sign-ons that open a person's account."""
    rows = fetch_all(tandem, "SELECT issuer FROM identities WHERE person_id = ? ORDER BY issuer", (person_id,))
    return [row["issuer"] for row in rows]


def read_pseudonyms(tandem: Database) -> dict[int, str]:
    """The number that stands for each person who has not been erased, by id."""
    rows = fetch_all(tandem, "SELECT id, pseudonym FROM people WHERE kind = 'person' AND pseudonym IS NOT NULL")
    return {row["id"]: row["pseudonym"] for row in rows}


def erased_name(name: str) -> str:
    """The name of an erased person as it is shown: a former member with their number."""
    return _("Former member {number}").format(number=name.removeprefix(_ERASED_NAME).strip())


def _free_pseudonym(tandem: Database) -> str:
    """A number that nobody has, drawn at random: it says nothing of who came when."""
    taken = {row["pseudonym"] for row in fetch_all(tandem, "SELECT pseudonym FROM people WHERE pseudonym IS NOT NULL")}
    free = [str(one) for one in range(10, _FEWEST_PSEUDONYMS + 10 + 2 * len(taken)) if str(one) not in taken]
    return random.SystemRandom().choice(free)


def _person(row: dict[str, Any]) -> Person:
    name = erased_name(row["name"]) if row["erased_at"] else row["name"]
    flags = {"is_admin": bool(row["is_admin"]), "can_sign_in": bool(row["can_sign_in"])}
    return Person(**{**row, **flags, "name": name})
