"""The database connections of a run of the script: opened by its page, closed at its end."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

_RUN: ContextVar[ExitStack | None] = ContextVar("run", default=None)


class HasConnection(Protocol):
    """An open database."""

    conn: Any


Opened = TypeVar("Opened", bound=HasConnection)


@contextmanager
def run_connections() -> Iterator[None]:
    """A run of the script, at whose end every connection that its page opened is closed."""
    with ExitStack() as stack:
        token = _RUN.set(stack)
        try:
            yield
        finally:
            _RUN.reset(token)


def stack_of_run() -> ExitStack:
    """What is closed at the end of this run."""
    return _RUN.get() or ExitStack()


def entered(stack: ExitStack, db: Opened) -> Opened:
    """The database, closed with the stack."""
    stack.callback(db.conn.close)
    return db
