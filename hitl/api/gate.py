"""Who gets through the gate: whoever has a session, and the local owner as long as nobody has an account.

Pure ASGI, because only so it also guards the websocket that the whole Streamlit app runs over.

Everybody asks *for* this Tandem: the Host header is a loopback name or the host of TANDEM_ADDRESS, so a foreign page
that rebinds its own name to this machine is refused. What another site's page makes a browser send carries that site's
Origin and is refused too. Headers in which a proxy tells who asked are never believed.

The local owner also asks *from* this machine (the peer's address is loopback) and was not passed on by a proxy (behind
one, everybody looks local). As soon as one person has an account everybody signs in, on this machine too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl.api.admitted import tell_admitted
from hitl.api.door.own_path import with_next
from hitl.api.door.page import answer_page
from hitl.api.door.words import being_set_up_page, broken_page, refusal_page
from hitl.api.loopback import is_at_this_machine, is_direct_loopback, is_loopback_host
from hitl.api.same_origin import is_own_origin
from hitl.api.visitor import LOCAL_OWNER_KEY, SESSION_KEY, Caller, find_caller
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.session_cookie import read_token
from hitl.domain.web_path import web_path
from hitl.settings import Settings, read_settings

HEALTH_PATH = "/healthz"
REFUSED_CLOSE_CODE = 4403
SIGN_IN_CLOSE_CODE = 4401
_IDENTITY_PREFIX = b"x-tandem-"
_FOR_PROGRAMS = ("/api/", "/_stcore/", "/media/", "/component/", "/app/", "/static/", "/vendor/")
_USUAL_PORT = 8501


@dataclass(frozen=True)
class TurnedAway:
    """What somebody who may not enter is answered; a websocket is closed with ``code`` instead."""

    answer: Response
    code: int = REFUSED_CLOSE_CODE


class Gate:
    """ASGI middleware that lets in whoever is signed in, or the local owner while nobody has an account.

    Parameters
    ----------
    app : ASGIApp
        What lies behind the gate.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or turn it away."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        verdict = await _judge(scope)
        tell_admitted(scope, is_in=isinstance(verdict, Caller) and verdict.session is not None)
        if isinstance(verdict, TurnedAway) and _is_local_health_check(scope):
            verdict = Caller()
        if isinstance(verdict, Caller):
            await self._app(_admit(scope, verdict), receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": verdict.code, "reason": "sign in"})
        else:
            await verdict.answer(scope, receive, send)


def is_allowed_host(hosts: Iterable[str], address: str) -> bool:
    """Whether there is exactly one Host header, and it names the loopback interface or the host of our public address.

    Examples
    --------
    >>> is_allowed_host(["desk.example.org"], "https://desk.example.org/tandem")
    True
    >>> is_allowed_host(["desk.example.org"], ""), is_allowed_host(["localhost:8501"], "")
    (False, True)
    """
    values = list(hosts)
    if is_loopback_host(values):
        return True
    own = urlsplit(address).hostname
    try:
        return len(values) == 1 and own is not None and urlsplit(f"//{values[0]}").hostname == own
    except ValueError:  # "[" and the like
        return False


async def _judge(scope: Scope) -> Caller | TurnedAway:
    settings = read_settings()
    headers = Headers(scope=scope)
    if not is_own_origin(headers) or not is_allowed_host(headers.getlist("host"), settings.address):
        return TurnedAway(answer_page(refusal_page(_port(scope)), 403))
    try:
        caller = await _look_up(scope, settings)
    except HitlError as error:
        return TurnedAway(_say_broken(scope, error))
    if caller.may_enter or _is_open(scope, caller):
        return caller
    return _send_to_sign_in(scope) if caller.has_accounts else TurnedAway(_say_not_set_up(scope))


async def _look_up(scope: Scope, settings: Settings) -> Caller:
    token = read_token(HTTPConnection(scope).cookies, secure=settings.is_secure)
    look = partial(find_caller, settings.data_dir, token, at_this_machine=is_at_this_machine(scope))
    return await anyio.to_thread.run_sync(look)


def _is_open(scope: Scope, caller: Caller) -> bool:
    """Whether a path is open to everybody: the door itself, our logo and fonts, the code of the front end."""
    if scope["type"] != "http":
        return False
    path = _path(scope)
    if path.startswith(("/auth/link/", "/app/static/")):
        return True
    is_front_end = path.startswith("/static/") and not path.endswith(".html")
    return caller.has_accounts and (path.startswith("/auth/") or is_front_end)


def _send_to_sign_in(scope: Scope) -> TurnedAway:
    path = _path(scope)
    if scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"} or path.startswith(_FOR_PROGRAMS):
        return TurnedAway(
            _json(_("You are signed out. Open Tandem in this browser and sign in again."), 401), SIGN_IN_CLOSE_CODE
        )
    query = scope["query_string"].decode("ascii", "replace")
    asked = web_path(path) + (f"?{query}" if query else "")
    answer = RedirectResponse(with_next(web_path("/auth/sign-in"), asked), 303, {"cache-control": "no-store"})
    return TurnedAway(answer)


def _say_not_set_up(scope: Scope) -> Response:
    if _path(scope).startswith(_FOR_PROGRAMS):
        return _json(_("This Tandem is being set up. Try again when somebody has set it up."), 403)
    return answer_page(being_set_up_page(), 403)


def _say_broken(scope: Scope, error: HitlError) -> Response:
    """What is wrong is told to who sits at this machine; others are told whom to ask."""
    text = str(error) if is_at_this_machine(scope) else _("Ask whoever looks after this Tandem.")
    if _path(scope).startswith(_FOR_PROGRAMS):
        return _json(text, 503)
    return answer_page(broken_page(text), 503)


def _json(text: str, status: int) -> Response:
    return JSONResponse({"error": text}, status, {"cache-control": "no-store"})


def _path(scope: Scope) -> str:
    """The path below our own base."""
    path: str = scope["path"]
    base = web_path("")
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


def _is_local_health_check(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"] == HEALTH_PATH and is_direct_loopback(scope)


def _admit(scope: Scope, caller: Caller) -> Scope:
    """The scope with who came in, and without the identity headers that only the gate itself may set."""
    headers = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_IDENTITY_PREFIX)]
    return {**scope, "headers": headers, LOCAL_OWNER_KEY: caller.is_local_owner, SESSION_KEY: caller.session}


def _port(scope: Scope) -> int:
    _unused, port = scope.get("server") or ("127.0.0.1", None)
    return int(port or _USUAL_PORT)
