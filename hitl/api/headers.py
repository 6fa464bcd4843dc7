"""Security headers on every answer, whoever gives it."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """ASGI middleware that adds the fixed headers and one content security policy, unless the answer has its own.

    Parameters
    ----------
    app : ASGIApp
        What answers.
    policy : str
        The value of ``Content-Security-Policy``.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self._app = app
        self._headers = {**FIXED_HEADERS, "content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the headers added; they replace any of the same name."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                own_policy = headers.get("content-security-policy")
                headers.update(self._headers | ({"content-security-policy": own_policy} if own_policy else {}))
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


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


def _hash_script(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
