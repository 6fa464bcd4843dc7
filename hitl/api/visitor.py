"""On whose behalf a request acts that the gate let through: whoever signed in, or the local owner without accounts."""

from dataclasses import dataclass
from pathlib import Path

from starlette.types import Scope

from hitl.access import actor_in, require_member
from hitl.domain.accounts import Session
from hitl.domain.clock import utc_now
from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor
from hitl.store.kept import ask_tandem
from hitl.views.visitor import find_visitor

LOCAL_OWNER_KEY = "tandem.local_owner"
SESSION_KEY = "tandem_session"
ACTOR_KEY = "tandem_actor"
"""Who acts, where a layer of this server behind the gate has settled it; no request can set a key of the scope."""


@dataclass(frozen=True)
class Caller:
    """Who asks, as far as is known."""

    session: Session | None = None
    is_local_owner: bool = False
    has_accounts: bool = False

    @property
    def may_enter(self) -> bool:
        """Whether the pages open."""
        return self.session is not None or self.is_local_owner


def find_caller(data_dir: Path, token: str | None, *, at_this_machine: bool) -> Caller:
    """Who holds the token; while nobody has an account, whoever sits at this machine is the local owner."""
    found = ask_tandem(data_dir, lambda tandem: find_visitor(tandem, token, now=utc_now()))
    is_local_owner = at_this_machine and not found.has_accounts
    return Caller(found.session, is_local_owner=is_local_owner, has_accounts=found.has_accounts)


def acting_in(scope: Scope, data_dir: Path, slug: str | None) -> Actor:
    """On whose behalf a request acts in a project, or with None on the site.

    Raises
    ------
    NotPermitted
        Nobody is signed in, or the person's account was closed.
    NotFound
        The person is no member of the project, or there is none: the words are the same.
    """
    actor = scope.get(ACTOR_KEY)
    if isinstance(actor, Actor):
        return actor
    if scope.get(LOCAL_OWNER_KEY):
        return LOCAL_OWNER
    session = scope.get(SESSION_KEY)
    if not isinstance(session, Session):
        raise NotPermitted(_("You are signed out. Open Tandem in this browser and sign in again."))
    person_id = session.person_id
    if slug is None:
        return ask_tandem(data_dir, lambda tandem: actor_in(tandem, person_id, None))
    return ask_tandem(data_dir, lambda tandem: require_member(tandem, person_id, slug))
