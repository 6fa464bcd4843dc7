"""How much one session may ask for, behind the gate: requests, open pages, and what pages send.

The allowances are far above what a person can do: a reviewer who decides 20 times a second, all day, never meets them.
They keep a page that has gone wild, or a program with somebody's cookie, from taking the desk from everybody else.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl.api.allowances import Allowances
from hitl.api.limits import refuse_stream
from hitl.api.too_much import answer_too_much, too_often
from hitl.api.visitor import LOCAL_OWNER_KEY, SESSION_KEY

REQUESTS_A_MINUTE = 3_000
MESSAGES_A_MINUTE = 1_200
MOST_STREAMS = 100
LARGEST_MESSAGE = 4 << 20
TOO_LARGE_CODE = 1009
_LOCAL_OWNER = "local owner"


class SessionLimits:
    """ASGI middleware that refuses requests of a session that are too many, and slows down its pages.

    Parameters
    ----------
    app : ASGIApp
        What lies behind.
    clock : callable
        Seconds that never go back.
    pause : callable
        Waits for so many seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._app = app
        self._pause = pause
        self._requests = Allowances(clock=clock)
        self._messages = Allowances(clock=clock)
        self._streams: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._pass_stream(key, scope, receive, send)
        else:
            wait = self._requests.take(key, REQUESTS_A_MINUTE)
            refusal = answer_too_much(scope, 429, too_often(wait), wait_seconds=wait) if wait else None
            await (refusal or self._app)(scope, receive, send)

    async def _pass_stream(self, key: str, scope: Scope, receive: Receive, send: Send) -> None:
        if self._streams[key] >= MOST_STREAMS:
            await refuse_stream(receive, send)
            return
        stream = _Stream(receive, send, lambda: self._await_turn(key))
        self._streams[key] += 1
        try:
            await self._app(scope, stream.receive, stream.send)
        finally:
            self._streams[key] -= 1
            if not self._streams[key]:
                del self._streams[key]

    async def _await_turn(self, key: str) -> None:
        """A page that sends too much is read more slowly: nothing of what a person did is lost."""
        while wait := self._messages.take(key, MESSAGES_A_MINUTE):
            await self._pause(wait)


class _Stream:
    """A page's websocket: its messages wait for their turn, and one that is too large closes it."""

    def __init__(self, receive: Receive, send: Send, await_turn: Callable[[], Awaitable[None]]) -> None:
        self._receive, self._send, self._await_turn = receive, send, await_turn
        self._is_cut = False

    async def receive(self) -> Message:
        """The next message; after one that is too large, a disconnect."""
        if self._is_cut:
            return {"type": "websocket.disconnect", "code": TOO_LARGE_CODE}
        message = await self._receive()
        if message["type"] != "websocket.receive":
            return message
        if len(message.get("bytes") or b"") + len(message.get("text") or "") > LARGEST_MESSAGE:
            await self._send({"type": "websocket.close", "code": TOO_LARGE_CODE, "reason": "too large"})
            self._is_cut = True
            return {"type": "websocket.disconnect", "code": TOO_LARGE_CODE}
        await self._await_turn()
        return message

    async def send(self, message: Message) -> None:
        """What the app sends, until the websocket was closed."""
        if not self._is_cut:
            await self._send(message)


def _key(scope: Scope) -> str | None:
    """The session, or the local owner as one; None for who has none and is limited as a peer alone."""
    session = scope.get(SESSION_KEY)
    if session is not None:
        return str(session.id)
    return _LOCAL_OWNER if scope.get(LOCAL_OWNER_KEY) else None
