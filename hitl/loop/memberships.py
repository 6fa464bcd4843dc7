"""Who is a member of a project, and groups of people. A role is the highest of one's own and one's groups'.

An owner of a project decides on its members; an administrator of the site decides on everybody's, in projects they are
no member of, too: that is how a project without an owner is looked after, and it is in the audit log.
"""

from datetime import datetime

from sqlite_utils import Database

from hitl.access import actor_here, may, require, require_in
from hitl.domain.accounts import LONGEST_NAME, Membership, PeopleGroup
from hitl.domain.errors import BadInput, Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.store import memberships as store
from hitl.store import people
from hitl.store.audit import append
from hitl.store.connection import list_slugs, no_project, write_transaction
from hitl.store.folders import ARCHIVED, list_archived


def set_role(
    tandem: Database,
    *,
    slug: str,
    person_id: int | None = None,
    group_id: int | None = None,
    role: MemberRole | None,
    actor: Actor,
    now: datetime,
) -> None:
    """The role of a person, or of a group of people, in a project from now on; None takes it away.

    An archived project is ``archived:NAME``. Writes: memberships.

    Raises
    ------
    NotFound
        There is no such project, person or group; or the actor is neither a member nor an administrator.
    NotPermitted
        The actor is a member, and no owner.
    Conflict
        The project would have no owner any more.
    BadInput
        Not one of person and group is named, or the person's account is closed.
    """
    _require_to_manage(tandem, actor, slug)
    if (person_id is None) == (group_id is None):
        raise BadInput(_("Name a person or a group, and not both."))
    with write_transaction(tandem), store.somebody_stays_in_charge(tandem):
        if person_id is not None:
            _check_person(tandem, person_id, is_given=role is not None)
        elif group_id is not None:
            _known_group(tandem, group_id)
        store.put_role(tandem, slug=slug, person_id=person_id, people_group_id=group_id, role=role)
        subject = f"group:{group_id}" if person_id is None else f"person:{person_id}"
        details = {"project": slug.removeprefix(ARCHIVED), "role": role.value if role else None}
        append(tandem, actor, "set_role", subject=subject, details=details, now=now)


def list_members(tandem: Database, *, slug: str, actor: Actor) -> list[Membership]:
    """The roles given in a project.

    Raises
    ------
    NotFound
        There is no such project, or the actor is neither a member nor an administrator.
    """
    _require_to_manage(tandem, actor, slug)
    return store.list_memberships(tandem, slug=slug)


def list_groups(tandem: Database, *, actor: Actor) -> list[PeopleGroup]:
    """All groups of people, by name."""
    require(actor, Permission.MANAGE_PEOPLE)
    return store.list_groups(tandem)


def make_group(tandem: Database, *, name: str, actor: Actor, now: datetime) -> int:
    """The id of a new group of people. Writes: people_groups.

    Raises
    ------
    BadInput
        The name is empty or too long.
    Conflict
        Another group has that name.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        group_id = store.add_group(tandem, name=_free_name(tandem, name, group_id=None))
        append(tandem, actor, "make_group", subject=f"group:{group_id}", now=now)
        return group_id


def rename_group(tandem: Database, *, group_id: int, name: str, actor: Actor, now: datetime) -> None:
    """A group of people has another name from now on. Writes: people_groups.

    Raises
    ------
    BadInput, Conflict, NotFound
        As ``make_group``; or there is no such group.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        _known_group(tandem, group_id)
        store.rename_group(tandem, group_id, name=_free_name(tandem, name, group_id=group_id))
        append(tandem, actor, "rename_group", subject=f"group:{group_id}", now=now)


def remove_group(tandem: Database, *, group_id: int, actor: Actor, now: datetime) -> None:
    """A group of people and the roles it had are gone; its people stay.

    Writes: people_groups, people_group_members, memberships.

    Raises
    ------
    Conflict
        A project would have no owner any more.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem), store.somebody_stays_in_charge(tandem):
        _known_group(tandem, group_id)
        store.remove_group(tandem, group_id)
        append(tandem, actor, "remove_group", subject=f"group:{group_id}", now=now)


def add_to_group(tandem: Database, *, group_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """A person is in a group, and has the roles it has. Writes: people_group_members."""
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem):
        _known_group(tandem, group_id)
        _check_person(tandem, person_id, is_given=True)
        store.add_to_group(tandem, group_id=group_id, person_id=person_id)
        append(tandem, actor, "add_to_group", subject=f"person:{person_id}", details={"group": group_id}, now=now)


def remove_from_group(tandem: Database, *, group_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """A person is in a group no more, and loses the roles they had by it alone. Writes: people_group_members.

    Raises
    ------
    Conflict
        A project would have no owner any more.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    with write_transaction(tandem), store.somebody_stays_in_charge(tandem):
        _known_group(tandem, group_id)
        store.remove_from_group(tandem, group_id=group_id, person_id=person_id)
        append(tandem, actor, "remove_from_group", subject=f"person:{person_id}", details={"group": group_id}, now=now)


def _require_to_manage(tandem: Database, actor: Actor, slug: str) -> None:
    """An owner of the project as of now, or an administrator; the project has to be there."""
    if not may(actor_here(tandem, actor, slug), Permission.MANAGE_PEOPLE):
        require_in(tandem, actor, slug, Permission.MANAGE)
    folder = people.desk_folder(tandem)
    if slug not in [*list_slugs(folder), *(f"{ARCHIVED}{one}" for one in list_archived(folder))]:
        raise no_project(slug)


def _check_person(tandem: Database, person_id: int, *, is_given: bool) -> None:
    person = people.find_person(tandem, person_id)
    if person is None or person.login is None:
        raise NotFound(_("There is no such person any more. Reload the page."))
    if is_given and not person.is_active:
        raise BadInput(_("The account of {name} is closed. Open it again first.").format(name=person.name))


def _known_group(tandem: Database, group_id: int) -> PeopleGroup:
    group = store.find_group(tandem, group_id)
    if group is None:
        raise NotFound(_("There is no such group any more. Reload the page."))
    return group


def _free_name(tandem: Database, text: str, *, group_id: int | None) -> str:
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(_("A group's name has 1 to {longest} characters on one line.").format(longest=LONGEST_NAME))
    if store.find_group_named(tandem, name) not in (None, group_id):
        raise Conflict(_("Another group is called '{name}'. Choose another name.").format(name=name))
    return name
