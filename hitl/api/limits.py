"""How much one peer may send: so many requests a minute, bodies of so many bytes within so much time.

Pure ASGI, before the gate, because whoever is not signed in is limited too. A peer is the address that the connection
comes from; what a proxy's headers say of others is never believed, so a proxy on this machine, behind which many
people are, has ten times the allowance. A session that the gate let in before is a peer of its own, wherever it comes
from: behind one proxy nobody is held up by others. What it may send is limited once more behind the gate
(``session_limits``).

Sign-ins have an allowance of their own that only failures use up: thirty people who know their passwords never meet it.
"""

import ipaddress
import time
from collections.abc import Callable
from functools import partial

import anyio
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl.api.admitted import ADMITTED_KEY, Admitted, session_of
from hitl.api.allowances import Allowances
from hitl.api.loopback import is_loopback_address
from hitl.api.too_much import answer_too_much, too_often
from hitl.domain.language import _
from hitl.domain.web_path import web_path

REQUESTS_A_MINUTE = 6_000
FAILED_SIGN_INS_A_MINUTE = 60
MACHINE_FACTOR = 10
LARGEST_UPLOAD = 501 << 20
"""What a page accepts (server.maxUploadSize) and a megabyte for the form around the file."""
LARGEST_REVIEW = 4 << 20
LARGEST_BODY = 64 << 10
LARGEST_BODIES = (("/_stcore/upload_file/", LARGEST_UPLOAD), ("/api/v1/review/", LARGEST_REVIEW))
SLOWEST_SECONDS = 30.0
SLOWEST_BYTES_A_SECOND = 16 << 10
THIS_MACHINE = "this machine"
_DOOR = "/auth/"
_PASSED_ON_PORT = 0
_FAILED = 400


class Limits:
    """ASGI middleware that refuses requests of a peer that are too many, too large or too slow.

    Parameters
    ----------
    app : ASGIApp
        What lies behind.
    clock : callable
        Seconds that never go back.
    """

    def __init__(self, app: ASGIApp, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._requests = Allowances(clock=clock)
        self._sessions = Admitted()
        self._sign_ins = Allowances(clock=clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        peer, session = peer_of(scope), session_of(scope)
        counted = session if session in self._sessions else peer
        scope[ADMITTED_KEY] = partial(self._note, counted, session)
        wait = self._requests.take(counted, _factor(counted) * REQUESTS_A_MINUTE)
        if scope["type"] == "websocket":
            await (refuse_stream(receive, send) if wait else self._app(scope, receive, send))
        elif wait:
            await answer_too_much(scope, 429, too_often(wait), wait_seconds=wait)(scope, receive, send)
        elif _path(scope).startswith(_DOOR):
            await self._pass_the_door(scope, receive, send, peer)
        else:
            await self._pass(scope, receive, send)

    def _note(self, counted: str, session: str, *, is_in: bool) -> None:
        """What the gate found: whoever is signed in uses up nothing of what others at the same address have."""
        if session:
            self._sessions.note(session, is_in=is_in)
        if session and is_in and counted != session:
            self._requests.give_back(counted, _factor(counted) * REQUESTS_A_MINUTE)

    async def _pass_the_door(self, scope: Scope, receive: Receive, send: Send, peer: str) -> None:
        """An attempt is charged before it is made, and what did not fail is given back."""
        a_minute = _factor(peer) * FAILED_SIGN_INS_A_MINUTE
        wait = self._sign_ins.take(peer, a_minute)
        if wait:
            await answer_too_much(scope, 429, too_often(wait), wait_seconds=wait)(scope, receive, send)
            return

        async def send_and_look(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < _FAILED:
                self._sign_ins.give_back(peer, a_minute)
            await send(message)

        await self._pass(scope, receive, send_and_look)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """On to the app, which reads the body through a guard; what the guard refused is answered by itself."""
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            problem = _("What is sent must not be packed (Content-Encoding). Send it as it is.")
            await answer_too_much(scope, 415, problem)(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > largest_body(scope):
            await answer_too_much(scope, 413, _too_large(scope))(scope, receive, send)
            return
        body = _GuardedBody(scope, receive, send, self._clock)
        try:
            await self._app(scope, body.receive, body.send)
        except ClientDisconnect:
            if not body.is_cut:
                raise


class _GuardedBody:
    """A body that ends for the app when it is too large or too slow; the client is told why, and nothing else."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, clock: Callable[[], float]) -> None:
        self._scope, self._receive, self._send, self._clock = scope, receive, send, clock
        self._most = largest_body(scope)
        self._byte_count, self._waited = 0, 0.0
        self._is_whole = self._has_begun = False
        self.is_cut = False

    async def receive(self) -> Message:
        """The next piece; once the body is cut off, a disconnect."""
        if self.is_cut:
            return {"type": "http.disconnect"}
        if self._is_whole:
            return await self._receive()
        message = await self._next_piece()
        if message is None:
            return await self._cut(408, _("What you sent took too long to arrive. Send it again."))
        if message["type"] == "http.request":
            self._byte_count += len(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        if self._byte_count > self._most:
            return await self._cut(413, _too_large(self._scope))
        return message

    async def send(self, message: Message) -> None:
        """What the app answers, unless the client was answered already."""
        if not self.is_cut:
            self._has_begun = True
            await self._send(message)

    async def _next_piece(self) -> Message | None:
        """None when it did not come in time; only the time spent waiting for the client counts."""
        begin = self._clock()
        patience = SLOWEST_SECONDS + self._byte_count / SLOWEST_BYTES_A_SECOND - self._waited
        message = None
        if patience > 0:
            with anyio.move_on_after(patience):
                message = await self._receive()
        self._waited += self._clock() - begin
        return message

    async def _cut(self, status: int, problem: str) -> Message:
        if not self._has_begun:
            await answer_too_much(self._scope, status, problem)(self._scope, self._receive, self._send)
        self.is_cut = True
        return {"type": "http.disconnect"}


def peer_of(scope: Scope) -> str:
    """The key of who the connection comes from: an address, of IPv6 its network, or this machine.

    The web server replaces the address of a proxy on this machine by what that proxy's headers say, and the port by 0:
    such a request counts as this machine's, since anybody can write such headers.

    Examples
    --------
    >>> peer_of({"client": ("10.0.0.7", 5000)}), peer_of({"client": ("10.0.0.7", 0)}), peer_of({})
    ('10.0.0.7', 'this machine', 'this machine')
    >>> peer_of({"client": ("2001:db8::1:2", 5000)})
    '2001:db8::/64'
    """
    host, port = scope.get("client") or ("", _PASSED_ON_PORT)
    if port == _PASSED_ON_PORT or is_loopback_address(host):
        return THIS_MACHINE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def largest_body(scope: Scope) -> int:
    """How many bytes the body of a request may have."""
    path = _path(scope)
    return next((most for begin, most in LARGEST_BODIES if path.startswith(begin)), LARGEST_BODY)


async def refuse_stream(receive: Receive, send: Send) -> None:
    """Close a websocket before it opens: too many."""
    await receive()
    await send({"type": "websocket.close", "code": 4429, "reason": "too many"})


def _factor(peer: str) -> int:
    return MACHINE_FACTOR if peer == THIS_MACHINE else 1


def _path(scope: Scope) -> str:
    """The path below our own base."""
    path: str = scope["path"]
    base = web_path("")
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


def _too_large(scope: Scope) -> str:
    most = largest_body(scope)
    shown = f"{most >> 20} MB" if most >= 1 << 20 else f"{most >> 10} kB"
    return _("What you sent is larger than {most}, the most that is taken here. Send less at once.").format(most=shown)
