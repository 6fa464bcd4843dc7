"""Who acts, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum


class MemberRole(StrEnum):
    """A person's role in a project."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    LEAD = "lead"
    OWNER = "owner"


class Permission(StrEnum):
    """What a verb needs."""

    VIEW = "view"
    REVIEW = "review"
    BULK = "bulk"
    TRAIN = "train"
    PROMOTE = "promote"
    SET_POLICY = "set_policy"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE = "manage"


_REVIEWER = frozenset({Permission.VIEW, Permission.REVIEW, Permission.TRAIN})
_LEAD = _REVIEWER | {Permission.BULK, Permission.PROMOTE, Permission.SET_POLICY, Permission.IMPORT, Permission.EXPORT}

ROLE_PERMISSIONS: dict[MemberRole, frozenset[Permission]] = {
    MemberRole.VIEWER: frozenset({Permission.VIEW}),
    MemberRole.REVIEWER: _REVIEWER,
    MemberRole.ADJUDICATOR: _REVIEWER,
    MemberRole.LEAD: _LEAD,
    MemberRole.OWNER: frozenset(Permission),
}


@dataclass(frozen=True)
class Actor:
    """The person or system on whose behalf code runs."""

    id: int
    name: str
    role: MemberRole


SYSTEM = Actor(id=0, name="Tandem", role=MemberRole.OWNER)
LOCAL_OWNER = Actor(id=1, name="Local owner", role=MemberRole.OWNER)
SIMULATED_REVIEWER = Actor(id=2, name="Simulated reviewer", role=MemberRole.OWNER)
