"""What every request passes through on its way in, from the outermost to the innermost."""

from collections.abc import Sequence
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from hitl.api.gate import Gate
from hitl.api.headers import SecurityHeaders, build_policy
from hitl.api.limits import Limits
from hitl.api.reader import SpeakToPerson, SpeakToReader
from hitl.api.request_log import RequestLog
from hitl.api.session_limits import SessionLimits


def build_layers(front_end: Path, routes: Sequence[BaseRoute], *, is_secure: bool = False) -> list[Middleware]:
    """Request log, security headers, the browser's language, limits of a peer, gate, a person's language, their limits.

    Parameters
    ----------
    front_end : Path
        The page that starts Streamlit's front end; the security policy allows its inline script.
    routes : sequence of BaseRoute
        Our own routes, which the log names.
    is_secure : bool
        Whether browsers reach Tandem by https alone.
    """
    return [
        Middleware(RequestLog, routes=routes),
        Middleware(SecurityHeaders, policy=build_policy(front_end.read_text("utf-8")), is_secure=is_secure),
        Middleware(SpeakToReader),
        Middleware(Limits),
        Middleware(Gate),
        Middleware(SpeakToPerson),
        Middleware(SessionLimits),
    ]
