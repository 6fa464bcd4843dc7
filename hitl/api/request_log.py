"""A line in the log for each request: method, the route's pattern, status and milliseconds; no path, query or body."""

import logging
import time
from collections.abc import Sequence

from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl.domain.logs import tell

_LOGGER = logging.getLogger("tandem.request")
_PLACES = frozenset({"_stcore", "app", "component", "media", "static", "vendor"})
_HEALTH_PATH = "/healthz"
_BROKEN = 500


class RequestLog:
    """ASGI middleware that logs what was asked and how it ended.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    routes : sequence of BaseRoute
        Our own routes, logged at level info; those of Streamlit and the health check at level debug.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._routes = [route for route in routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log its end."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        status, begin = _BROKEN, time.perf_counter()

        async def send_and_look(message: Message) -> None:
            nonlocal status
            status = message.get("status", 101 if message["type"] == "websocket.accept" else status)
            await send(message)

        asked = dict(scope)
        try:
            await self._app(scope, receive, send_and_look)
        finally:
            self._tell(asked, status, time.perf_counter() - begin)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        ours = next((route.path for route in self._routes if route.matches(scope)[0] is not Match.NONE), None)
        is_quiet = (ours is None or ours == _HEALTH_PATH) and status < _BROKEN
        tell(
            _LOGGER,
            "request" if scope["type"] == "http" else "websocket",
            level=logging.DEBUG if is_quiet else logging.INFO,
            method=scope.get("method", "GET"),
            route=ours or place_of(scope["path"]),
            status=status,
            ms=round(seconds * 1000),
        )


def place_of(path: str) -> str:
    """Which part of Streamlit a path belongs to, without what it names.

    Examples
    --------
    >>> place_of("/_stcore/upload_file/a/b"), place_of("/static/js/x.js"), place_of("/explore"), place_of("/")
    ('/_stcore/…', '/static/…', '/{page}', '/{page}')
    """
    first = path.strip("/").partition("/")[0]
    return f"/{first}/…" if first in _PLACES else "/{page}"
