"""Security headers on every answer, whoever gives it."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hitl.domain.web_path import web_path

FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ALONE = {"strict-transport-security": "max-age=31536000"}
_KEEP_NOTHING = {"cache-control": "no-store"}
_FOR_EVERYBODY = ("/static/", "/app/static/", "/component/", "/vendor/")
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """ASGI middleware that adds the fixed headers and one content security policy, unless the answer has its own.

    What does not say itself how long a browser may keep it is kept by none, so that nothing stays behind on a shared
    computer; but for the code of the front end, our fonts and our logo, which are the same for everybody.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    policy : str
        The value of ``Content-Security-Policy``.
    is_secure : bool
        Whether browsers reach Tandem by https alone; they then keep to it for a year.
    """

    def __init__(self, app: ASGIApp, policy: str, *, is_secure: bool = False) -> None:
        self._app = app
        self._fixed = FIXED_HEADERS | (HTTPS_ALONE if is_secure else {})
        self._policy = {"content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers added; the fixed ones replace any of the same name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        usual = self._policy | ({} if _is_for_everybody(scope) else _KEEP_NOTHING)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._fixed)
                for name, value in usual.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def build_policy(index_html: str) -> str:
    """The content security policy under which the front end of this version works.

    Everything comes from this server. The exceptions, each needed by Streamlit's front end: its one inline script (by
    hash), WebAssembly (its protobuf library counts with it; JavaScript from text stays forbidden), components loaded as
    blobs, style attributes, and images, fonts and media held in the page itself.

    Parameters
    ----------
    index_html : str
        The page that starts the front end; its inline scripts are allowed by their SHA-256.
    """
    hashes = [f"'sha256-{_hash_script(script)}'" for script in _INLINE_SCRIPT.findall(index_html)]
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "blob:", "'wasm-unsafe-eval'", *hashes],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "media-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _is_for_everybody(scope: Scope) -> bool:
    path: str = scope["path"]
    return path.removeprefix(web_path("")).startswith(_FOR_EVERYBODY)


def _hash_script(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
