"""A connection on which no whole request arrives in time is closed: the web server itself would wait for ever.

Until a request's head is whole no application is asked, so this is the one limit that can't be kept in one: it is added
to the web server's own protocol. A proxy in front does the same for its side.
"""

import asyncio
from weakref import WeakKeyDictionary

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
_TIMERS: WeakKeyDictionary[H11Protocol, asyncio.TimerHandle] = WeakKeyDictionary()
_PLAIN_MADE = H11Protocol.connection_made
_PLAIN_RECEIVED = H11Protocol.data_received


def close_slow_heads() -> None:
    """From now on each connection has ``HEAD_SECONDS`` for the head of a request; idle ones end as before."""
    H11Protocol.connection_made = _connection_made  # type: ignore[method-assign]
    H11Protocol.data_received = _data_received  # type: ignore[method-assign]


def _connection_made(self: H11Protocol, transport: asyncio.Transport) -> None:
    _PLAIN_MADE(self, transport)
    _watch(self)


def _data_received(self: H11Protocol, data: bytes) -> None:
    _PLAIN_RECEIVED(self, data)
    _watch(self)


def _watch(protocol: H11Protocol) -> None:
    """The time runs from the first byte of a head, or from the beginning, until the head is whole."""
    if protocol.conn.their_state is not h11.IDLE:
        timer = _TIMERS.pop(protocol, None)
        if timer is not None:
            timer.cancel()
    elif protocol not in _TIMERS:
        _TIMERS[protocol] = protocol.loop.call_later(HEAD_SECONDS, _close_unless_asked, protocol)


def _close_unless_asked(protocol: H11Protocol) -> None:
    _TIMERS.pop(protocol, None)
    if protocol.conn.their_state is h11.IDLE and not protocol.transport.is_closing():
        protocol.transport.close()
