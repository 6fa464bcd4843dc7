"""Who may do what: every verb asks here first."""

from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import ROLE_PERMISSIONS, Actor, Permission


def require(actor: Actor, permission: Permission) -> None:
    """Nothing, when the actor's role carries the permission.

    Raises
    ------
    NotPermitted
        The role does not carry it; the message says whom to ask.
    """
    if permission not in ROLE_PERMISSIONS[actor.role]:
        raise NotPermitted(
            _("'{act}' is not open to the role '{role}'. Ask a lead or the owner of the project.").format(
                act=permission.value, role=actor.role.value
            )
        )
