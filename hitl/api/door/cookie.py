"""The cookie that carries the session, set and taken away.

Only the server reads it (HttpOnly), other sites' forms and frames don't send it (SameSite=Lax), and where the public
address begins with https it never travels in the clear (Secure).
"""

from starlette.responses import Response

from hitl.domain.accounts import SESSION_LONGEST
from hitl.domain.session_cookie import cookie_name
from hitl.domain.web_path import web_path


def set_cookie(response: Response, token: str, *, secure: bool) -> None:
    """Let the browser keep the token as long as a session can last at most; the server ends it earlier."""
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=int(SESSION_LONGEST.total_seconds()),
        path=web_path("") or "/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, *, secure: bool) -> None:
    """Let the browser forget the token."""
    response.delete_cookie(
        cookie_name(secure=secure), path=web_path("") or "/", secure=secure, httponly=True, samesite="lax"
    )
