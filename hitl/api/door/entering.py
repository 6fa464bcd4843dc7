"""The answer to whoever signed in: on to the page asked for, with the session's cookie."""

from collections.abc import Callable
from typing import TypeVar

from sqlite_utils import Database
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hitl.api.door.cookie import set_cookie
from hitl.api.door.own_path import own_path
from hitl.domain.accounts import LONGEST_AGENT, SignedIn
from hitl.domain.session_cookie import read_token
from hitl.settings import Settings
from hitl.store.connection import open_tandem

_Result = TypeVar("_Result")


def let_in(signed_in: SignedIn, asked: str, settings: Settings) -> Response:
    """A redirect to the page asked for, or to the front page; the browser keeps the new session."""
    answer = RedirectResponse(own_path(asked), 303, {"cache-control": "no-store"})
    set_cookie(answer, signed_in.token, secure=settings.is_secure)
    return answer


def read_agent(request: Request) -> str:
    """What the browser calls itself, for the list of one's sessions."""
    return request.headers.get("user-agent", "")[:LONGEST_AGENT]


def read_own_token(request: Request, settings: Settings) -> str | None:
    """The session that the browser has, which the new one replaces."""
    return read_token(request.cookies, secure=settings.is_secure)


def with_tandem(settings: Settings, act: Callable[[Database], _Result]) -> _Result:
    """What the function gives, called with the database of people; for a thread, never on the event loop."""
    tandem = open_tandem(settings.data_dir)
    try:
        return act(tandem)
    finally:
        tandem.conn.close()
