"""Who a request or a run of a page is from, as the token of its session says."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.domain.accounts import Session
from hitl.loop.sign_in import find_session
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
