"""What every request passes through on its way in, from the outermost to the innermost."""

from pathlib import Path

from starlette.middleware import Middleware

from hitl.api.gate import Gate
from hitl.api.headers import SecurityHeaders, build_policy
from hitl.api.reader import SpeakToReader
from hitl.api.request_log import RequestLog
from hitl.api.routes import routes


def build_layers(front_end: Path) -> list[Middleware]:
    """The request log, security headers, the gate, the reader's language.

    Parameters
    ----------
    front_end : Path
        The page that starts Streamlit's front end; the security policy allows its inline script.
    """
    return [
        Middleware(RequestLog, routes=routes),
        Middleware(SecurityHeaders, policy=build_policy(front_end.read_text("utf-8"))),
        Middleware(Gate),
        Middleware(SpeakToReader),
    ]
