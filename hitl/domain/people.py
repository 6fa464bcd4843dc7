"""Who acts, the roles there are and what can be permitted; which role may do what: domain.policies."""

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
    """What a verb needs: of the role in a project, or (the last three) of an administrator of the site."""

    VIEW = "view"
    REVIEW = "review"
    BULK = "bulk"
    TRAIN = "train"
    PROMOTE = "promote"
    SET_POLICY = "set_policy"
    IMPORT = "import"
    EXPORT = "export"
    MANAGE = "manage"
    SEE_NAMES = "see_names"
    REDACT = "redact"
    SEE_MEMBERS = "see_members"
    SEE_HIDDEN = "see_hidden"
    CREATE_PROJECT = "create_project"
    MANAGE_PEOPLE = "manage_people"
    OPERATE = "operate"


class ShowNames(StrEnum):
    """Who sees in a project which person did what; the others see a number in place of each name but their own."""

    EVERYONE = "everyone"
    LEADS = "leads"


@dataclass(frozen=True)
class Actor:
    """The person or system on whose behalf code runs.

    ``role`` is that in the project at hand, None for who is no member of it. An administrator runs the site: people,
    new projects, back-ups; that alone opens no project.
    """

    id: int
    name: str
    role: MemberRole | None
    is_admin: bool = False


SYSTEM = Actor(id=0, name="Tandem", role=MemberRole.OWNER, is_admin=True)
LOCAL_OWNER = Actor(id=1, name="Local owner", role=MemberRole.OWNER, is_admin=True)
SIMULATED_REVIEWER = Actor(id=2, name="Simulated reviewer", role=MemberRole.OWNER)
