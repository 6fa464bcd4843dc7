"""Who a request or a run of a page is from, as the token of its session says."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import actor_in
from hitl.domain.accounts import Session
from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor
from hitl.loop.sign_in import find_session
from hitl.store.connection import open_tandem
from hitl.store.people import has_accounts


@dataclass(frozen=True)
class Visitor:
    """The session that stands, or None; and whether anybody has an account at all."""

    session: Session | None = None
    has_accounts: bool = False


def find_visitor(tandem: Database, token: str | None, *, now: datetime) -> Visitor:
    """Who holds the token."""
    session = find_session(tandem, token, now=now) if token else None
    return Visitor(session, has_accounts=session is not None or has_accounts(tandem))


class SignedOut(NotPermitted):
    """The session is over, or the account was closed."""


@dataclass(frozen=True)
class Here:
    """Who acts, and in which session; the local owner, while nobody has an account, has none."""

    actor: Actor
    session: Session | None


def find_actor_now(data_dir: Path, token: str | None, *, slug: str | None, now: datetime) -> Actor:
    """Who acts, looked up with a connection of its own, for what is done when a page's run is over.

    Raises
    ------
    SignedOut
        The session is over, or the account was closed.
    """
    tandem = open_tandem(data_dir)
    with closing(tandem.conn):
        return find_actor(tandem, token, slug=slug, now=now).actor


def find_actor(tandem: Database, token: str | None, *, slug: str | None, now: datetime) -> Here:
    """Who this run is for, with the role in a project; the gate lets the local owner in while nobody has an account.

    Raises
    ------
    SignedOut
        The session is over, or the account was closed.
    """
    visitor = find_visitor(tandem, token, now=now)
    if not visitor.has_accounts:
        return Here(LOCAL_OWNER, None)
    try:
        if visitor.session is not None:
            return Here(actor_in(tandem, visitor.session.person_id, slug), visitor.session)
    except NotPermitted as error:
        raise SignedOut(str(error)) from error
    raise SignedOut(_("Your session is over: you signed out, or it was ended. What you decided is saved."))
