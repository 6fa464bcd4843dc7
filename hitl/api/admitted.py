"""Which sessions the gate let in when they came last: they are counted by session, not by the address they share.

Whether a session stands is known behind the gate alone, and requests are limited before it. So the gate tells what it
found, and the next request with the same cookie is known by it; the gate is asked again even so. A cookie that the gate
did not let in is nothing here, whoever made it up.
"""

from collections import OrderedDict

from starlette.requests import HTTPConnection
from starlette.types import Scope

from hitl.domain.session_cookie import read_token
from hitl.domain.tokens import hash_token

ADMITTED_KEY = "tandem.note_admitted"
MOST_SESSIONS = 10_000


class Admitted:
    """The hashes of sessions that the gate let in when they came last; for one thread, of bounded memory."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, session: str) -> bool:
        return session in self._known

    def note(self, session: str, *, is_in: bool) -> None:
        """What the gate found of a session."""
        self._known.pop(session, None)
        if is_in:
            self._known[session] = None
        while len(self._known) > MOST_SESSIONS:
            self._known.popitem(last=False)


def session_of(scope: Scope) -> str:
    """The hash of the token in a request's cookie, whether it stands or not; empty without one."""
    cookies = HTTPConnection(scope).cookies
    token = read_token(cookies, secure=True) or read_token(cookies, secure=False)
    return hash_token(token) if token else ""


def tell_admitted(scope: Scope, *, is_in: bool) -> None:
    """For the gate: whether it let in the session that this request came with."""
    note = scope.get(ADMITTED_KEY)
    if callable(note):
        note(is_in=is_in)
