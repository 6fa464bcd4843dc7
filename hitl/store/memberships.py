"""Who is a member of which project, and the groups of people, in tandem.db.

An archived project's members stand under ``archived:NAME``, as its jobs do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlite_utils import Database

from hitl.domain.accounts import Membership, PeopleGroup
from hitl.domain.errors import Conflict
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, SIMULATED_REVIEWER, SYSTEM, Actor, MemberRole
from hitl.store.connection import fetch_all, fetch_one, fetch_value, list_slugs
from hitl.store.folders import ARCHIVED, list_archived
from hitl.store.people import can_anybody_administrate, desk_folder

_IN_GROUPS = "SELECT people_group_id FROM people_group_members WHERE person_id = :person_id"
_HOLDERS = """
    SELECT memberships.slug, memberships.role, coalesce(memberships.person_id, members.person_id) AS holder_id
    FROM memberships LEFT JOIN people_group_members AS members
        ON members.people_group_id = memberships.people_group_id
    """


def roles_in(tandem: Database, *, slug: str, person_id: int) -> list[MemberRole]:
    """The roles that a person has in a project, of their own and by their groups."""
    rows = fetch_all(
        tandem,
        f"SELECT role FROM memberships WHERE slug = :slug AND (person_id = :person_id"
        f" OR people_group_id IN ({_IN_GROUPS}))",
        {"slug": slug, "person_id": person_id},
    )
    return [MemberRole(row["role"]) for row in rows]


def list_slugs_of(tandem: Database, person_id: int) -> list[str]:
    """The projects that a person is a member of, archived ones under ``archived:NAME``; sorted."""
    rows = fetch_all(
        tandem,
        f"SELECT DISTINCT slug FROM memberships WHERE person_id = :person_id OR people_group_id IN ({_IN_GROUPS})"
        " ORDER BY slug",
        {"person_id": person_id},
    )
    return [row["slug"] for row in rows]


def list_memberships(tandem: Database, *, slug: str | None = None, person_id: int | None = None) -> list[Membership]:
    """The roles that were given, in a project or to a person, or all; by project."""
    rows = fetch_all(
        tandem,
        "SELECT slug, person_id, people_group_id, role FROM memberships"
        " WHERE (:slug IS NULL OR slug = :slug) AND (:person_id IS NULL OR person_id = :person_id)"
        " ORDER BY slug, id",
        {"slug": slug, "person_id": person_id},
    )
    return [_membership(row) for row in rows]


def put_role(
    tandem: Database, *, slug: str, person_id: int | None, people_group_id: int | None, role: MemberRole | None
) -> None:
    """The role of a person or a group in a project from now on; None takes it away. Writes: memberships."""
    who = {"slug": slug, "person_id": person_id, "people_group_id": people_group_id}
    tandem.execute(
        "DELETE FROM memberships WHERE slug = :slug AND person_id IS :person_id"
        " AND people_group_id IS :people_group_id",
        who,
    )
    if role is not None:
        tandem.execute(
            "INSERT INTO memberships(slug, person_id, people_group_id, role)"
            " VALUES (:slug, :person_id, :people_group_id, :role)",
            {**who, "role": role.value},
        )


def begin_memberships(tandem: Database, *, slug: str, maker: Actor) -> None:
    """A new project's members: its maker as owner and nobody else, whoever was in an earlier one of that name.

    What the system makes is the local owner's, whoever has that account by then. Writes: memberships.
    """
    owner_id = LOCAL_OWNER.id if maker.id in {SYSTEM.id, SIMULATED_REVIEWER.id} else maker.id
    end_memberships(tandem, slug=slug)
    put_role(tandem, slug=slug, person_id=owner_id, people_group_id=None, role=MemberRole.OWNER)


def end_memberships(tandem: Database, *, slug: str) -> None:
    """Nobody is a member of that project any more. Writes: memberships."""
    tandem.execute("DELETE FROM memberships WHERE slug = ?", (slug,))


def move_memberships(tandem: Database, *, slug: str, to_slug: str) -> None:
    """The members of a project stand under its other name. Writes: memberships."""
    end_memberships(tandem, slug=to_slug)
    tandem.execute("UPDATE memberships SET slug = ? WHERE slug = ?", (to_slug, slug))


def leave_all(tandem: Database, person_id: int) -> None:
    """A person is in no project and no group any more. Writes: memberships, people_group_members."""
    tandem.execute("DELETE FROM memberships WHERE person_id = ?", (person_id,))
    tandem.execute("DELETE FROM people_group_members WHERE person_id = ?", (person_id,))


def owned_slugs(tandem: Database) -> set[str]:
    """The projects with at least one owner who can sign in."""
    rows = fetch_all(
        tandem,
        f"""
        SELECT DISTINCT slug FROM ({_HOLDERS}) AS held
        JOIN people ON people.id = held.holder_id
        WHERE held.role = 'owner' AND people.deactivated_at IS NULL AND (
            EXISTS (SELECT 1 FROM accounts WHERE person_id = people.id AND password_hash IS NOT NULL)
            OR EXISTS (SELECT 1 FROM identities WHERE person_id = people.id))
        """,
    )
    return {row["slug"] for row in rows}


def list_without_owner(tandem: Database) -> list[str]:
    """The projects that no owner can sign in to, archived ones under ``archived:NAME``; sorted."""
    folder, owned = desk_folder(tandem), owned_slugs(tandem)
    there = [*list_slugs(folder), *(f"{ARCHIVED}{slug}" for slug in list_archived(folder))]
    return sorted(slug for slug in there if slug not in owned)


@contextmanager
def somebody_stays_in_charge(tandem: Database) -> Iterator[None]:
    """A block inside a write transaction that must not leave the site or a project without anybody to run it.

    Raises
    ------
    Conflict
        No administrator, or of some project no owner, could sign in any more.
    """
    owned, administrated = owned_slugs(tandem), can_anybody_administrate(tandem)
    yield
    if administrated and not can_anybody_administrate(tandem):
        raise Conflict(_("Nobody else is an administrator of this Tandem. Make somebody else one first."))
    left = sorted(owned - owned_slugs(tandem))
    if left:
        raise Conflict(
            _("Nobody else who can sign in owns the project '{slug}'. Make somebody else its owner first.").format(
                slug=left[0].removeprefix(ARCHIVED)
            )
        )


def add_group(tandem: Database, *, name: str) -> int:
    """The id of a new group of people. Writes: people_groups."""
    return int(fetch_value(tandem, "INSERT INTO people_groups(name) VALUES (?) RETURNING id", (name,)))


def rename_group(tandem: Database, group_id: int, *, name: str) -> None:
    """Give a group of people another name. Writes: people_groups."""
    tandem.execute("UPDATE people_groups SET name = ? WHERE id = ?", (name, group_id))


def remove_group(tandem: Database, group_id: int) -> None:
    """A group of people and its roles are gone; the people stay.

    Writes: people_groups, people_group_members, memberships.
    """
    tandem.execute("DELETE FROM people_groups WHERE id = ?", (group_id,))


def find_group(tandem: Database, group_id: int) -> PeopleGroup | None:
    """The group of people with that id, or None."""
    return next((group for group in list_groups(tandem) if group.id == group_id), None)


def find_group_named(tandem: Database, name: str) -> int | None:
    """The id of the group of people of that name, in any case; or None."""
    row = fetch_one(tandem, "SELECT id FROM people_groups WHERE name = ?", (name,))
    return int(row["id"]) if row else None


def list_groups(tandem: Database) -> list[PeopleGroup]:
    """All groups of people, by name."""
    members: dict[int, list[int]] = {}
    for row in fetch_all(
        tandem, "SELECT people_group_id, person_id FROM people_group_members ORDER BY people_group_id, person_id"
    ):
        members.setdefault(row["people_group_id"], []).append(row["person_id"])
    rows = fetch_all(tandem, "SELECT id, name FROM people_groups ORDER BY name, id")
    return [PeopleGroup(row["id"], row["name"], tuple(members.get(row["id"], ()))) for row in rows]


def add_to_group(tandem: Database, *, group_id: int, person_id: int, how: str = "hand") -> None:
    """A person is in a group: put there by ``hand``, or by what their ``identity`` says.

    Writes: people_group_members.
    """
    tandem.execute(
        "INSERT INTO people_group_members(people_group_id, person_id, how) VALUES (?, ?, ?)"
        " ON CONFLICT(people_group_id, person_id) DO NOTHING",
        (group_id, person_id, how),
    )


def remove_from_group(tandem: Database, *, group_id: int, person_id: int) -> None:
    """A person is in a group no more. Writes: people_group_members."""
    tandem.execute(
        "DELETE FROM people_group_members WHERE people_group_id = ? AND person_id = ?", (group_id, person_id)
    )


def list_groups_of(tandem: Database, person_id: int) -> list[int]:
    """The groups that a person is in, however they came there."""
    rows = fetch_all(tandem, f"{_IN_GROUPS} ORDER BY people_group_id", {"person_id": person_id})
    return [row["people_group_id"] for row in rows]


def list_claimed_groups(tandem: Database, person_id: int) -> list[int]:
    """The groups that a person is in because their identity says so."""
    rows = fetch_all(
        tandem,
        "SELECT people_group_id FROM people_group_members WHERE person_id = ? AND how = 'identity'",
        (person_id,),
    )
    return [row["people_group_id"] for row in rows]


def _membership(row: dict[str, Any]) -> Membership:
    return Membership(**{**row, "role": MemberRole(row["role"])})
