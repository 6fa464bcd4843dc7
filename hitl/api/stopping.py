"""A server that is told to stop: it finishes what it has begun, within ``GRACE_SECONDS``; told twice it ends at once.

SIGTERM or Ctrl-C: no new request is taken, those under way are answered (a decision is acknowledged or not written at
all), the worker stops after its present step and its job waits, the health check says ``stopping``.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from hitl.domain.logs import tell
from hitl.worker import kill_worker, stop_worker

GRACE_SECONDS = 9.0
_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_STOPPING = threading.Event()
_LOGGER = logging.getLogger("tandem.server")


def is_stopping() -> bool:
    """Whether this server was told to stop."""
    return _STOPPING.is_set()


@contextmanager
def stop_in_order(data_dir: Path) -> Iterator[None]:
    """A block during which signals stop server and worker in order; entered when the server's own handlers are set."""
    _STOPPING.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, usual in before.items():
        signal.signal(number, _make_handler(data_dir, usual))
    try:
        yield
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


def _make_handler(data_dir: Path, usual: Any) -> Callable[[int, FrameType | None], None]:
    def handle(number: int, frame: FrameType | None) -> None:
        if _STOPPING.is_set():
            _end_at_once(data_dir)
        _STOPPING.set()
        tell(_LOGGER, "stopping", signal=signal.Signals(number).name)
        _start_thread(threading.Thread(target=stop_worker, args=(data_dir,)))
        _start_thread(threading.Timer(GRACE_SECONDS, _end_at_once, [data_dir]))
        if callable(usual):
            usual(number, frame)

    return handle


def _start_thread(thread: threading.Thread) -> None:
    thread.daemon = True
    thread.start()


def _end_at_once(data_dir: Path) -> None:
    """What is committed is committed, what is not is not written: SQLite and the job's lease see to that."""
    tell(_LOGGER, "ended_at_once", level=logging.WARNING)
    kill_worker(data_dir)
    os._exit(1)
