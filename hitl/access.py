"""Who may do what: every verb asks here first."""

from dataclasses import replace

from sqlite_utils import Database

from hitl.domain.accounts import highest
from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, SIMULATED_REVIEWER, SYSTEM, Actor, MemberRole, Permission
from hitl.domain.policies import PERMISSION_WORDS, SITE_PERMISSIONS, permissions_of
from hitl.store.connection import no_project
from hitl.store.memberships import roles_in
from hitl.store.people import find_person, has_accounts

__all__ = [
    "actor_here",
    "actor_in",
    "as_maker",
    "has_accounts",
    "may",
    "require",
    "require_in",
    "require_member",
    "require_own",
]

_NOBODYS = (SYSTEM, LOCAL_OWNER, SIMULATED_REVIEWER)
"""Who acts without an account: told apart by being these very objects, since person 1 may have an account."""


def require(actor: Actor, permission: Permission) -> None:
    """Nothing, when the actor's role carries the permission.

    Raises
    ------
    NotPermitted
        The role does not carry it; the message says whom to ask.
    """
    if may(actor, permission):
        return
    if permission in SITE_PERMISSIONS:
        sentence = _("Only administrators of this Tandem may {act}. Ask one of them.")
        raise NotPermitted(sentence.format(act=PERMISSION_WORDS[permission]))
    if actor.role is None:
        raise NotPermitted(_("You are no member of this project. Ask its owner to add you."))
    sentence = _("To {act} is not open to the role '{role}'. Ask a lead or the owner of the project.")
    raise NotPermitted(sentence.format(act=PERMISSION_WORDS[permission], role=actor.role.value))


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's role carries the permission; for what is drawn, since a verb asks ``require``."""
    return permission in permissions_of(actor)


def as_maker(actor: Actor) -> Actor:
    """The actor as the owner of a project that is only being made: who makes one owns it.

    Raises
    ------
    NotPermitted
        The actor may not make projects.
    """
    require(actor, Permission.CREATE_PROJECT)
    return replace(actor, role=MemberRole.OWNER)


def require_own(actor: Actor, person_id: int) -> None:
    """Nothing, when it is about the actor, or the actor looks after everybody's account.

    Raises
    ------
    NotPermitted
        It is about somebody else, and the actor is no administrator.
    """
    if actor.id != person_id:
        require(actor, Permission.MANAGE_PEOPLE)


def require_in(tandem: Database, actor: Actor, slug: str, permission: Permission) -> None:
    """Nothing, when the role that the actor has now in that very project carries the permission.

    For verbs that are told which project they are about: whatever role the actor came with, it may be another's.

    Raises
    ------
    NotFound
        The actor is no member of it; the words are those of a project that is not there.
    NotPermitted
        The role does not carry it.
    """
    present = actor_here(tandem, actor, slug)
    if permission not in SITE_PERMISSIONS and present.role is None:
        raise no_project(slug)
    require(present, permission)


def actor_here(tandem: Database, actor: Actor, slug: str | None) -> Actor:
    """The actor with the role they have now in a project; those who act without an account stay what they are."""
    return actor if any(actor is one for one in _NOBODYS) else actor_in(tandem, actor.id, slug)


def actor_in(tandem: Database, person_id: int, slug: str | None) -> Actor:
    """On whose behalf a person's request acts, with the role that they have now.

    The highest of one's own role and one's groups'; None for who is no member, and where no project is named. While
    nobody has an account person 1 is the local owner.

    Raises
    ------
    NotPermitted
        There is no such person, or their account is closed.
    """
    for one in (SYSTEM, SIMULATED_REVIEWER):
        if one.id == person_id:
            return one
    if person_id == LOCAL_OWNER.id and not has_accounts(tandem):
        return LOCAL_OWNER
    person = find_person(tandem, person_id)
    if person is None or not person.is_active:
        raise NotPermitted(_("This account is closed. Ask an administrator of this Tandem to open it again."))
    role = highest(roles_in(tandem, slug=slug, person_id=person_id)) if slug else None
    return Actor(person.id, person.name, role, person.is_admin)


def require_member(tandem: Database, person_id: int, slug: str) -> Actor:
    """The actor in a project that they are a member of, for whoever is about to open it.

    Raises
    ------
    NotFound
        They are no member, or there is no such project: the words are the same.
    NotPermitted
        Their account is closed.
    """
    actor = actor_in(tandem, person_id, slug)
    if actor.role is None:
        raise no_project(slug)
    return actor
