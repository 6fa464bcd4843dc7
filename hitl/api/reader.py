"""Who reads an answer of our own routes: by the headers that a browser sends."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hitl.api.visitor import SESSION_KEY
from hitl.domain.accounts import Session
from hitl.domain.reader import Reader, choose_reader, current_reader, make_reader, reading

ZONE_HEADER = "time-zone"
_MOST_LANGUAGES = 20


class SpeakToReader:
    """ASGI middleware behind which HTTP requests are answered in the reader's language and time zone.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with reading(read_headers(Headers(scope=scope))):
            await self._app(scope, receive, send)


class SpeakToPerson:
    """ASGI middleware behind the gate: whoever chose a language or a time zone is answered in those.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        session = scope.get(SESSION_KEY)
        if scope["type"] != "http" or not isinstance(session, Session):
            await self._app(scope, receive, send)
            return
        with reading(choose_reader(current_reader(), language=session.language, zone=session.time_zone)):
            await self._app(scope, receive, send)


def read_headers(headers: Headers) -> Reader:
    """The language a browser wants most and the zone that the page named; English and UTC where they say nothing."""
    return make_reader(_most_wanted(headers.get("accept-language", "")), headers.get(ZONE_HEADER))


def _most_wanted(accepted: str) -> str:
    """The first of the tags with the greatest weight.

    Examples
    --------
    >>> _most_wanted("en;q=0.5, de-DE, fr;q=0.9"), _most_wanted(""), _most_wanted("*")
    ('de-DE', '', '*')
    """
    tags = [tag.strip() for tag in accepted.split(",")[:_MOST_LANGUAGES]]
    return max(tags, key=_weight).partition(";")[0].strip()


def _weight(tag: str) -> float:
    _, _, weight = tag.partition(";q=")
    try:
        return float(weight) if weight else float(bool(tag))
    except ValueError:
        return 0.0
