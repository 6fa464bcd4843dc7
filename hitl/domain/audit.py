"""What the audit log is about: by which way somebody acts, and what a row of it may hold.

    append(db, actor, "promote", subject="version:3", details={"promotion": 2}, now=now)    hitl.store.audit

A row holds ids and numbers, never what a person wrote or an item says.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum

Details = Mapping[str, int | str | None]

TEXT_DETAILS = frozenset(
    {"chain", "digest", "from_project", "how", "kind", "made_at", "project", "purpose", "role", "seal", "source", "why"}
)
"""Details whose value is a text: a short code, a hash, a short name of a project. All others are whole numbers."""
_CODE = re.compile(r"[A-Za-z0-9_.:-]{0,64}")
_SUBJECT = re.compile(r"([a-z_]+:[a-z0-9_-]+)?")
_ACT = re.compile(r"[a-z][a-z_]*")


class Via(StrEnum):
    """By which way somebody acts."""

    PAGE = "page"
    API = "api"
    SHELL = "shell"
    WORKER = "worker"


_OF_PROCESS = {"via": Via.SHELL}
_VIA: ContextVar[Via | None] = ContextVar("via", default=None)


def act_through(via: Via) -> None:
    """Whatever this process does is done by that way, where nothing nearer says otherwise."""
    _OF_PROCESS["via"] = via


@contextmanager
def acting_through(via: Via) -> Iterator[None]:
    """A block in which whatever is done is done by that way."""
    token = _VIA.set(via)
    try:
        yield
    finally:
        _VIA.reset(token)


def current_via() -> Via:
    """By which way somebody acts now."""
    return _VIA.get() or _OF_PROCESS["via"]


def is_code(text: str) -> bool:
    """Whether a text is short and of one word, as ids, hashes, times and short names are.

    >>> is_code("2026-01-02T03:04:05.000000Z"), is_code("call her back")
    (True, False)
    """
    return _CODE.fullmatch(text) is not None


def check_row(act: str, subject: str, details: Details) -> None:
    """Nothing, when a row may hold that.

    Raises
    ------
    ValueError
        It could hold what a person wrote: that is a mistake in the code that appends it.

    Examples
    --------
    >>> check_row("promote", "version:3", {"promotion": 2})
    >>> check_row("decide", "item:4", {"comment": "call her back"})
    Traceback (most recent call last):
    ...
    ValueError: 'comment' of an audit row is no number, nor one of its codes
    """
    if not _ACT.fullmatch(act) or not _SUBJECT.fullmatch(subject):
        raise ValueError(f"'{act}' on '{subject}' is not what an audit row can be about")
    for name, value in details.items():
        is_named_code = isinstance(value, str) and name in TEXT_DETAILS and is_code(value)
        if not (value is None or isinstance(value, int) or is_named_code):
            raise ValueError(f"'{name}' of an audit row is no number, nor one of its codes")
