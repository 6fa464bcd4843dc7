"""Links that let people in once, in tandem.db: the hash of a token, never the token."""

from typing import Any

from sqlite_utils import Database

from hitl.domain.accounts import AccessLink, LinkKind
from hitl.store.connection import fetch_all, fetch_one

_OPEN = """
    SELECT access_links.id, access_links.kind, person_id, made_by, made_at, expires_at
    FROM access_links JOIN people ON people.id = access_links.person_id
    WHERE used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now AND people.deactivated_at IS NULL
    """


def add_link(
    tandem: Database, *, token_hash: str, kind: LinkKind, person_id: int, made_by: int, at: str, expires_at: str
) -> int:
    """A new link; those made for that person before work no more. Writes: access_links."""
    withdraw_links(tandem, person_id, at=at)
    row = fetch_one(
        tandem,
        "INSERT INTO access_links(token_hash, kind, person_id, made_by, made_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (token_hash, kind.value, person_id, made_by, at, expires_at),
    )
    return int(row["id"]) if row else 0


def find_open_link(tandem: Database, token_hash: str, *, now: str) -> AccessLink | None:
    """The link of a token that still works, or None."""
    row = fetch_one(tandem, f"{_OPEN} AND token_hash = :hash", {"hash": token_hash, "now": now})
    return _link(row) if row else None


def list_open_links(tandem: Database, *, now: str) -> list[AccessLink]:
    """All links that still work, the newest first."""
    return [_link(row) for row in fetch_all(tandem, f"{_OPEN} ORDER BY access_links.id DESC", {"now": now})]


def use_up(tandem: Database, link_id: int, *, at: str) -> None:
    """That link was used and works no more. Writes: access_links."""
    tandem.execute("UPDATE access_links SET used_at = ? WHERE id = ?", (at, link_id))


def withdraw_links(tandem: Database, person_id: int, *, at: str) -> None:
    """No link for that person works any more. Writes: access_links."""
    tandem.execute(
        "UPDATE access_links SET withdrawn_at = ? WHERE person_id = ? AND used_at IS NULL AND withdrawn_at IS NULL",
        (at, person_id),
    )


def forget_links_of(tandem: Database, person_id: int) -> None:
    """All that is known of the links made for a person is gone. Writes: access_links."""
    tandem.execute("DELETE FROM access_links WHERE person_id = ?", (person_id,))


def list_links_of(tandem: Database, person_id: int) -> list[dict[str, Any]]:
    """All that is stored of the links made for a person, without their tokens' hashes; the newest first."""
    return fetch_all(
        tandem,
        "SELECT kind, made_by, made_at, expires_at, used_at, withdrawn_at FROM access_links"
        " WHERE person_id = ? ORDER BY id DESC",
        (person_id,),
    )


def _link(row: dict[str, Any]) -> AccessLink:
    return AccessLink(**{**row, "kind": LinkKind(row["kind"])})
