"""Everybody on the site for whoever looks after them: account, roles, groups, when they were last here."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.accounts import PeopleGroup, Person
from hitl.domain.clock import utc_text
from hitl.domain.language import Words, _, later
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.store.access_links import list_open_links
from hitl.store.connection import list_slugs
from hitl.store.folders import ARCHIVED
from hitl.store.memberships import list_groups, list_memberships, list_without_owner
from hitl.store.people import desk_folder, list_persons
from hitl.store.sessions import last_seen
from hitl.views.projects import list_projects

STATES: Words[str] = Words(
    {
        "active": later("active"),
        "invited": later("invited"),
        "no_way_in": later("needs a link"),
        "deactivated": later("deactivated"),
        "erased": later("erased"),
    }
)
STATE_NOTES: Words[str] = Words(
    {
        "active": later("can sign in"),
        "invited": later("invited – link not used yet"),
        "no_way_in": later("needs a new link – the last one expired or was withdrawn"),
        "deactivated": later("deactivated"),
        "erased": later("erased"),
    }
)
ROLE_TITLES: Words[str] = Words(
    {
        MemberRole.VIEWER: later("Viewer"),
        MemberRole.REVIEWER: later("Reviewer"),
        MemberRole.ADJUDICATOR: later("Adjudicator"),
        MemberRole.LEAD: later("Lead"),
        MemberRole.OWNER: later("Owner"),
    }
)
ROLES: Words[str] = Words(
    {
        MemberRole.VIEWER: later("viewer: looks"),
        MemberRole.REVIEWER: later("reviewer: decides"),
        MemberRole.ADJUDICATOR: later("adjudicator: decides, and settles where others disagree"),
        MemberRole.LEAD: later("lead: imports, trains, sets the threshold, exports"),
        MemberRole.OWNER: later("owner: everything, and who else is in"),
    }
)


@dataclass(frozen=True)
class PersonLine:
    """A person: ``state`` is a key of ``STATES``; ``roles`` are their own by project, without those of their groups."""

    person: Person
    state: str
    group_names: tuple[str, ...]
    roles: tuple[tuple[str, MemberRole], ...]
    last_seen_at: str | None


@dataclass(frozen=True)
class GroupOnSite:
    """A group of people and the roles that it has, by project."""

    group: PeopleGroup
    roles: tuple[tuple[str, MemberRole], ...]


def read_people_lines(tandem: Database, *, actor: Actor, now: datetime) -> tuple[PersonLine, ...]:
    """Everybody who has or had an account, by name; erased ones are last.

    Raises
    ------
    NotPermitted
        The actor is no administrator.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    groups, roles, seen = list_groups(tandem), list_memberships(tandem), last_seen(tandem)
    linked = {link.person_id for link in list_open_links(tandem, now=utc_text(now))}
    return tuple(
        PersonLine(
            person=person,
            state=state_of(person, has_link=person.id in linked),
            group_names=tuple(group.name for group in groups if person.id in group.person_ids),
            roles=tuple((one.slug, one.role) for one in roles if one.person_id == person.id),
            last_seen_at=seen.get(person.id),
        )
        for person in list_persons(tandem)
        if person.login is not None or person.erased_at is not None
    )


def read_group_lines(tandem: Database, *, actor: Actor) -> tuple[GroupOnSite, ...]:
    """Every group of people with the roles that it has, by name.

    Raises
    ------
    NotPermitted
        The actor is no administrator.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    roles = list_memberships(tandem)
    return tuple(
        GroupOnSite(group, tuple((one.slug, one.role) for one in roles if one.people_group_id == group.id))
        for group in list_groups(tandem)
    )


def read_project_titles(data_dir: Path, *, actor: Actor) -> dict[str, str]:
    """What every project is called, by short name: its name for a member, to others its short name alone.

    Raises
    ------
    NotPermitted
        The actor is no administrator.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    own = {line.slug: line.name for line in list_projects(data_dir, of=actor.id)}
    return {slug: own.get(slug, slug) for slug in list_slugs(data_dir)}


def read_without_owner(tandem: Database, *, actor: Actor) -> dict[str, str]:
    """The projects that nobody who can sign in owns, by short name, and how they are told to an administrator.

    Raises
    ------
    NotPermitted
        The actor is no administrator.
    """
    require(actor, Permission.MANAGE_PEOPLE)
    folder = desk_folder(tandem)
    titles = read_project_titles(folder, actor=actor)
    archived = _("{project} (archived)")
    return {
        slug: titles.get(slug) or archived.format(project=slug.removeprefix(ARCHIVED))
        for slug in list_without_owner(tandem)
    }


def state_of(person: Person, *, has_link: bool) -> str:
    """The key in ``STATES`` of how a person's account stands; ``has_link``: a link of theirs still works."""
    if person.erased_at:
        return "erased"
    if person.deactivated_at:
        return "deactivated"
    if person.can_sign_in:
        return "active"
    return "invited" if has_link else "no_way_in"
