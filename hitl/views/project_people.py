"""The people of a project for its leads and owners: roles, groups, who was here when, and who could be added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import may, require
from hitl.domain.accounts import Membership, PeopleGroup, Person, highest
from hitl.domain.clock import utc_text
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.store.access_links import list_open_links
from hitl.store.memberships import list_groups, list_memberships
from hitl.store.people import list_persons
from hitl.store.sessions import last_seen
from hitl.views.people import state_of


@dataclass(frozen=True)
class MemberLine:
    """A person in a project: ``own_role`` is given to them, ``by_groups`` they have by being in a group.

    ``state`` is a key of ``hitl.views.people.STATES``.
    """

    person: Person
    own_role: MemberRole | None
    by_groups: tuple[tuple[str, MemberRole], ...]
    state: str
    last_seen_at: str | None

    @property
    def role(self) -> MemberRole | None:
        """What they may do: the highest of both."""
        return highest([role for role in (self.own_role, *(role for _name, role in self.by_groups)) if role])


@dataclass(frozen=True)
class GroupLine:
    """A group of people with its role in a project."""

    group: PeopleGroup
    role: MemberRole


@dataclass(frozen=True)
class ProjectPeople:
    """Everybody in a project, and whom an owner may add: people with an account, and groups, by id."""

    members: tuple[MemberLine, ...]
    groups: tuple[GroupLine, ...]
    others: Mapping[int, str]
    other_groups: Mapping[int, str]
    administrators: tuple[str, ...]

    @property
    def owners(self) -> tuple[str, ...]:
        """The names of those who decide who is in: owners who can sign in."""
        active = [line for line in self.members if line.state == "active"]
        return tuple(line.person.name for line in active if line.role is MemberRole.OWNER)


def read_project_people(tandem: Database, slug: str, *, actor: Actor, now: datetime) -> ProjectPeople:
    """The members of a project by name; who could be added is told to those alone who may add.

    Raises
    ------
    NotPermitted
        The actor is neither a lead or owner of the project nor an administrator.
    """
    if not may(actor, Permission.MANAGE_PEOPLE):
        require(actor, Permission.SEE_MEMBERS)
    persons = [person for person in list_persons(tandem) if person.login is not None]
    given, groups = list_memberships(tandem, slug=slug), list_groups(tandem)
    lines = _members(persons, given, groups, seen=last_seen(tandem), linked=_linked(tandem, now))
    ids, group_roles = {line.person.id for line in lines}, _roles_of_groups(given)
    may_add = may(actor, Permission.MANAGE) or may(actor, Permission.MANAGE_PEOPLE)
    open_ones = [person for person in persons if person.is_active]
    return ProjectPeople(
        members=tuple(lines),
        groups=tuple(GroupLine(group, group_roles[group.id]) for group in groups if group.id in group_roles),
        others={one.id: f"{one.name} ({one.login})" for one in open_ones if may_add and one.id not in ids},
        other_groups={group.id: group.name for group in groups if may_add and group.id not in group_roles},
        administrators=tuple(one.name for one in open_ones if one.is_admin and one.can_sign_in),
    )


def _members(
    persons: Sequence[Person],
    given: Sequence[Membership],
    groups: Sequence[PeopleGroup],
    *,
    seen: Mapping[int, str],
    linked: frozenset[int],
) -> list[MemberLine]:
    own = {one.person_id: one.role for one in given if one.person_id is not None}
    group_roles = _roles_of_groups(given)
    lines = [
        MemberLine(
            person,
            own.get(person.id),
            tuple((one.name, group_roles[one.id]) for one in groups if _gives(one, person, group_roles)),
            state_of(person, has_link=person.id in linked),
            seen.get(person.id),
        )
        for person in persons
    ]
    return [line for line in lines if line.role is not None]


def _gives(group: PeopleGroup, person: Person, group_roles: Mapping[int, MemberRole]) -> bool:
    return group.id in group_roles and person.id in group.person_ids


def _roles_of_groups(given: Sequence[Membership]) -> dict[int, MemberRole]:
    return {one.people_group_id: one.role for one in given if one.people_group_id is not None}


def _linked(tandem: Database, now: datetime) -> frozenset[int]:
    return frozenset(link.person_id for link in list_open_links(tandem, now=utc_text(now)))
