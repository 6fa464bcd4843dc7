"""What the cookie is called that carries a session: the door sets it, the gate and the pages read it."""

from collections.abc import Mapping

from hitl.domain.web_path import web_path

NAME = "tandem_session"


def cookie_name(*, secure: bool) -> str:
    """The name; at the root of an https host it begins so that a browser takes it from no other host or path.

    >>> cookie_name(secure=False), cookie_name(secure=True)
    ('tandem_session', '__Host-tandem_session')
    """
    return f"__Host-{NAME}" if secure and not web_path("") else NAME


def read_token(cookies: Mapping[str, str], *, secure: bool) -> str | None:
    """The token among a browser's cookies, or None."""
    return cookies.get(cookie_name(secure=secure)) or None
