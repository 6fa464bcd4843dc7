"""Everybody on the site for whoever looks after them: account, roles, groups, when they were last here."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.accounts import Person
from hitl.domain.clock import utc_text
from hitl.domain.language import Words, later
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.store.access_links import list_open_links
from hitl.store.memberships import list_groups, list_memberships
from hitl.store.people import list_persons
from hitl.store.sessions import last_seen

STATES: Words[str] = Words(
    {
        "active": later("active"),
        "invited": later("invited"),
        "no_way_in": later("needs a link"),
        "deactivated": later("deactivated"),
        "erased": later("erased"),
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
            state=_state(person, has_link=person.id in linked),
            group_names=tuple(group.name for group in groups if person.id in group.person_ids),
            roles=tuple((one.slug, one.role) for one in roles if one.person_id == person.id),
            last_seen_at=seen.get(person.id),
        )
        for person in list_persons(tandem)
        if person.login is not None or person.erased_at is not None
    )


def _state(person: Person, *, has_link: bool) -> str:
    if person.erased_at:
        return "erased"
    if person.deactivated_at:
        return "deactivated"
    if person.can_sign_in:
        return "active"
    return "invited" if has_link else "no_way_in"
