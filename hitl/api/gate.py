"""Who gets through the door: today the local owner, and nobody else.

Pure ASGI, because only so it also guards the websocket that the whole Streamlit app runs over.

The local owner is whoever asks *from* this machine (the peer's address is loopback), asks *for* this machine (the Host
header is a loopback name, so a foreign page that rebinds its own name to 127.0.0.1 is refused), and was not passed on
by a proxy (behind one, everybody looks local). A request that another site's page makes the owner's browser send
carries that site's Origin and is refused too.
"""

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl.domain.errors import NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor

HEALTH_PATH = "/healthz"
LOCAL_OWNER_KEY = "tandem.local_owner"
REFUSED_CLOSE_CODE = 4403
_IDENTITY_PREFIX = b"x-tandem-"
_LOOPBACK_HOST = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?")
_PROXY_HEADERS = frozenset({"forwarded", "via", "x-real-ip"})
_PROXY_PREFIX = "x-forwarded-"
_REFUSAL_PAGE = Template(Path(__file__).with_name("refusal.html").read_text("utf-8"))
_USUAL_PORT = 8501


class Gate:
    """ASGI middleware that serves the local owner and shows everybody else one page.

    Parameters
    ----------
    app : ASGIApp
        What lies behind the gate.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        owner = is_local_owner(scope)
        if owner or _is_local_health_check(scope):
            await self._app(_admit(scope, owner=owner), receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": REFUSED_CLOSE_CODE, "reason": "local use only"})
        else:
            response = HTMLResponse(_render_refusal(scope), status_code=403, headers={"cache-control": "no-store"})
            await response(scope, receive, send)


def acting(scope: Scope) -> Actor:
    """On whose behalf a request that the gate let through acts.

    Raises
    ------
    NotPermitted
        Nobody is signed in.
    """
    actor = scope.get("tandem_actor")
    if isinstance(actor, Actor):
        return actor
    if scope.get(LOCAL_OWNER_KEY):
        return LOCAL_OWNER
    raise NotPermitted(_("Nobody is signed in. Open Tandem itself and try again."))


def is_local_owner(scope: Scope) -> bool:
    """Whether the request was made on this machine, for this machine, by its own pages, and through no proxy."""
    headers = Headers(scope=scope)
    return _is_direct_loopback(scope) and is_loopback_host(headers.getlist("host")) and is_own_origin(headers)


def is_own_origin(headers: Headers) -> bool:
    """Whether Origin is absent or names the very host and port that was asked."""
    origins = headers.getlist("origin")
    try:
        return all(urlsplit(origin).netloc.lower() == headers.get("host", "").lower() for origin in origins)
    except ValueError:  # "http://[" and the like
        return False


def is_loopback_host(hosts: Iterable[str]) -> bool:
    """Whether there is exactly one Host header and it names the loopback interface, with any port or none.

    Examples
    --------
    >>> is_loopback_host(["localhost:8501"]), is_loopback_host(["localhost.example"]), is_loopback_host([])
    (True, False, False)
    """
    values = list(hosts)
    return len(values) == 1 and _LOOPBACK_HOST.fullmatch(values[0].lower()) is not None


def is_loopback_address(address: str) -> bool:
    """Whether a peer's address belongs to this machine alone (127.0.0.0/8, ::1, and their mapped forms).

    Examples
    --------
    >>> is_loopback_address("127.0.0.1"), is_loopback_address("::ffff:127.0.0.1"), is_loopback_address("10.0.0.7")
    (True, True, False)
    """
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = peer.ipv4_mapped if isinstance(peer, ipaddress.IPv6Address) else None
    return (mapped or peer).is_loopback


def _is_direct_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    if client is None or not is_loopback_address(client[0]):
        return False
    names = Headers(scope=scope).keys()
    return not any(name in _PROXY_HEADERS or name.startswith(_PROXY_PREFIX) for name in names)


def _is_local_health_check(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"] == HEALTH_PATH and _is_direct_loopback(scope)


def _admit(scope: Scope, *, owner: bool) -> Scope:
    """The scope without the identity headers that only the gate itself may set."""
    headers = [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_IDENTITY_PREFIX)]
    return {**scope, "headers": headers, LOCAL_OWNER_KEY: owner}


def _render_refusal(scope: Scope) -> str:
    _unused, port = scope.get("server") or ("127.0.0.1", None)
    return _REFUSAL_PAGE.substitute(port=int(port or _USUAL_PORT))
