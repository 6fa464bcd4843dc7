"""Passwords are checked in threads of their own, a few at a time: nobody else's request waits for one."""

from collections.abc import Callable
from typing import TypeVar

import anyio

from hitl.domain.errors import HitlError
from hitl.domain.language import _

AT_ONCE = 2
MOST_WAITING = 100
_TURNS = anyio.CapacityLimiter(AT_ONCE)
_Result = TypeVar("_Result")


class TooMany(HitlError):
    """So many are signing in that the next one would wait for too long."""


async def in_turn(check: Callable[[], _Result]) -> _Result:
    """What the function gives, called in a thread when it is its turn.

    Raises
    ------
    TooMany
        ``MOST_WAITING`` others are waiting already.
    """
    if _TURNS.statistics().tasks_waiting >= MOST_WAITING:
        raise TooMany(_("Very many people are signing in just now. Wait a minute and try again."))
    return await anyio.to_thread.run_sync(check, limiter=_TURNS)
