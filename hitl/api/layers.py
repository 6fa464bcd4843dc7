"""What every request passes through on its way in, from the outermost to the innermost."""

from collections.abc import Sequence
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from hitl.api.gate import Gate
from hitl.api.headers import SecurityHeaders, build_policy
from hitl.api.reader import SpeakToReader
from hitl.api.request_log import RequestLog


def build_layers(front_end: Path, routes: Sequence[BaseRoute]) -> list[Middleware]:
    """The request log, security headers, the reader's language, the gate.

    Parameters
    ----------
    front_end : Path
        The page that starts Streamlit's front end; the security policy allows its inline script.
    routes : sequence of BaseRoute
        Our own routes, which the log names.
    """
    return [
        Middleware(RequestLog, routes=routes),
        Middleware(SecurityHeaders, policy=build_policy(front_end.read_text("utf-8"))),
        Middleware(SpeakToReader),
        Middleware(Gate),
    ]
