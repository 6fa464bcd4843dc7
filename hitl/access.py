"""Who may do what: every verb asks here first."""

from dataclasses import replace

from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import Actor, MemberRole, Permission
from hitl.domain.policies import SITE_PERMISSIONS, permissions_of


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
        sentence = _("'{act}' is for administrators of this Tandem. Ask one of them.")
        raise NotPermitted(sentence.format(act=permission.value))
    if actor.role is None:
        raise NotPermitted(_("You are no member of this project. Ask its owner to add you."))
    sentence = _("'{act}' is not open to the role '{role}'. Ask a lead or the owner of the project.")
    raise NotPermitted(sentence.format(act=permission.value, role=actor.role.value))


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
