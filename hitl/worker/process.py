"""The worker process from outside: started, looked for and stopped; and the lock that makes it the only one.

The lock is the proof of life: the system frees it however the process dies. The lock file's time says when
somebody last wanted a worker, so that one which nobody wants any more goes away.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import hitl
from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _

LOCK_NAME = "worker.lock"
LOG_NAME = "worker.log"
STOP_SECONDS = 5.0
_CLAIM_SECONDS = 0.6
_POLL_SECONDS = 0.05
_SINGLE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_STARTED: dict[Path, subprocess.Popen[bytes]] = {}
_STARTING = threading.Lock()


def ensure_worker(data_dir: Path) -> None:
    """A worker serves the data folder, or is starting; call it again to keep it from going away.

    Raises
    ------
    OSError
        The data folder can't be written, or no process can be started.
    """
    folder = data_dir.resolve()
    with _STARTING:
        lock = folder / LOCK_NAME
        lock.touch(mode=0o600)
        started = _STARTED.get(folder)
        if worker_alive(folder) or (started is not None and started.poll() is None):
            return
        _STARTED[folder] = _start(folder)


def worker_alive(data_dir: Path) -> bool:
    """Whether some process holds the worker's lock of that data folder."""
    try:
        file = (data_dir / LOCK_NAME).open("rb")
    except OSError:
        return False
    with file:
        return not _try_lock(file, fcntl.LOCK_SH)


def stop_worker(data_dir: Path) -> None:
    """No worker serves the data folder any more; the job it had waits again.

    It is asked to stop after its present step, and killed when that takes longer than ``STOP_SECONDS``: every
    step is safe to be done again. One that is still starting, and so holds no lock yet, is stopped as well.
    """
    started = _STARTED.get(data_dir.resolve())
    for number in (signal.SIGTERM, signal.SIGKILL):
        if not _is_there(data_dir, started):
            return
        _signal_holder(data_dir, number)
        if started is not None and started.poll() is None:
            started.send_signal(number)
        _wait_until_gone(data_dir, started)


def kill_worker(data_dir: Path) -> None:
    """No worker of that data folder runs any more, whatever it was doing; the job it had waits for its lease to end."""
    started = _STARTED.get(data_dir.resolve())
    if worker_alive(data_dir):
        _signal_holder(data_dir, signal.SIGKILL)
    if started is not None and started.poll() is None:
        started.kill()


def claim_lock(data_dir: Path) -> IO[bytes] | None:
    """The lock file, held by this process as long as it stays open; None when another worker holds it.

    Those who only look for a worker touch the lock for an instant, so it is tried for a little while.

    Raises
    ------
    StoreUnusable
        The file can't be written.
    """
    try:
        return _claimed(data_dir)
    except OSError as error:
        raise StoreUnusable(
            _("{path} can't be written ({strerror}). Make room or mend its rights, then retry.").format(
                path=data_dir / LOCK_NAME, strerror=error.strerror or error
            )
        ) from error


def _claimed(data_dir: Path) -> IO[bytes] | None:
    file = (data_dir / LOCK_NAME).open("ab+")
    deadline = time.monotonic() + _CLAIM_SECONDS
    while not _try_lock(file, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            file.close()
            return None
        time.sleep(_POLL_SECONDS)
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def _start(folder: Path) -> subprocess.Popen[bytes]:
    with (folder / LOG_NAME).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "hitl.worker", str(folder)],
            cwd=Path(hitl.__file__).parents[1],
            env={**os.environ, **_SINGLE_THREAD},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    threading.Thread(target=process.wait, name="reap-worker", daemon=True).start()
    return process


def _try_lock(file: IO[bytes], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signal_holder(data_dir: Path, number: signal.Signals) -> None:
    try:
        os.kill(int((data_dir / LOCK_NAME).read_bytes()), number)
    except (OSError, ValueError):
        return


def _is_there(data_dir: Path, started: subprocess.Popen[bytes] | None) -> bool:
    return worker_alive(data_dir) or (started is not None and started.poll() is None)


def _wait_until_gone(data_dir: Path, started: subprocess.Popen[bytes] | None) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while _is_there(data_dir, started) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
