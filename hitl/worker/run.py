"""The life of a worker, in a process of its own or in the caller's: claim a job, keep its lease, do it, end it."""

import logging
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

from sqlite_utils import Database

from hitl.domain.audit import Via, acting_through
from hitl.domain.clock import utc_now, utc_text
from hitl.domain.errors import HitlError, JobCancelled, JobLost, StoreUnusable
from hitl.domain.language import _
from hitl.domain.logs import ids, make_formatter, tell
from hitl.domain.reader import Reader, reading
from hitl.domain.records import Job
from hitl.store.connection import open_tandem_there
from hitl.store.jobs import beat, claim_next_job, end_job, find_job, put_back
from hitl.views.jobs import LIVE
from hitl.worker.left_files import remove_left_files
from hitl.worker.process import LOCK_NAME, LOG_NAME, claim_lock
from hitl.worker.progress import JobPutOff, JobRun, WorkerStopped
from hitl.worker.schedule import Schedule

BEAT_SECONDS = 1.0
LEASE_SECONDS = 6.0
IDLE_SECONDS = 600.0
POLL_SECONDS = 0.25
NICENESS = 10
_LOGGER = logging.getLogger("tandem.worker")


def run_worker(data_dir: Path) -> None:
    """Do the jobs of a data folder until told to stop, unwanted for a while, or the folder is gone.

    Returns at once when another worker serves the folder.

    Raises
    ------
    StoreUnusable
        ``tandem.db`` can't be opened.
    """
    lock = claim_lock(data_dir)
    if lock is None:
        tell(_LOGGER, "another_worker_serves", folder=data_dir)
        return
    with lock, _signals_caught() as stop:
        os.nice(NICENESS)
        tell(_LOGGER, "worker_started", process=os.getpid(), folder=data_dir)
        _sweep(data_dir)
        schedule = Schedule(data_dir)
        _serve(data_dir, lock, stop, schedule, is_wanted=lambda _tandem: _is_wanted(data_dir, lock))
        tell(_LOGGER, "worker_ended", process=os.getpid())


def _sweep(data_dir: Path) -> None:
    """Remove files that nobody reads any more; a database that can't be opened is told when jobs are looked for."""
    with suppress(StoreUnusable):
        tandem = open_tandem_there(data_dir)
        try:
            remove_left_files(data_dir, tandem)
        finally:
            tandem.conn.close()


def work_until_ended(data_dir: Path, *, job_id: int) -> bool:
    """Do the jobs of a data folder in this process, until that one has ended; False when another worker serves it.

    What a worker logs goes to the data folder's log, as always. Call it from the main thread: it listens to signals.

    Raises
    ------
    KeyboardInterrupt
        The process was told to stop; the job waits again.
    """
    lock = claim_lock(data_dir)
    if lock is None:
        return False
    with lock, _signals_caught() as stop, _logged_to(data_dir / LOG_NAME):
        nothing_else = Schedule(data_dir, askers=())
        _serve(data_dir, lock, stop, nothing_else, is_wanted=lambda tandem: _is_live(tandem, job_id))
    if stop.is_set():
        raise KeyboardInterrupt
    return True


def _serve(
    data_dir: Path,
    lock: IO[bytes],
    stop: threading.Event,
    schedule: Schedule,
    *,
    is_wanted: Callable[[Database], bool],
) -> None:
    try:
        _do_jobs(data_dir, lock, stop, schedule, is_wanted=is_wanted)
    except StoreUnusable:
        if _has_lock_file(data_dir, lock):
            raise
        tell(_LOGGER, "folder_taken_away", folder=data_dir)


def _do_jobs(
    data_dir: Path,
    lock: IO[bytes],
    stop: threading.Event,
    schedule: Schedule,
    *,
    is_wanted: Callable[[Database], bool],
) -> None:
    tandem = open_tandem_there(data_dir)
    token = uuid.uuid4().hex
    of_worker = copy_context()  # what falls due during a job is asked for as between two, not in its asker's language

    def ask_for_due_work() -> None:
        schedule.ask_for_due_work(tandem, now=utc_now())

    try:
        while not stop.is_set() and is_wanted(tandem):
            ask_for_due_work()
            now = utc_now()
            job = claim_next_job(tandem, token=token, at=utc_text(now), lost_before=_lost_before(now))
            if job is None:
                stop.wait(POLL_SECONDS)
                continue
            asker = Reader(language=job.language, locale=job.language)
            with _heartbeat(data_dir, lock, job, token, stop) as lost, reading(asker):
                _do(JobRun(tandem, data_dir, job, token, stop, lost, partial(of_worker.run, ask_for_due_work)))
            os.utime(lock.fileno())
    finally:
        tandem.conn.close()


def _do(run: JobRun) -> None:
    from hitl.worker.stages import perform  # noqa: PLC0415  scikit-learn is loaded for the first job, not before

    job = run.job
    tell(_LOGGER, "job_started", job=job.id, kind=job.kind, project=job.slug, attempt=job.attempts)
    try:
        with acting_through(Via.WORKER):
            note = perform(run)
        _end(run, "done", note, None)
    except JobCancelled:
        _end(run, "cancelled", _("Cancelled"), None)
    except JobLost:
        tell(_LOGGER, "job_taken_over", level=logging.WARNING, job=job.id)
    except WorkerStopped:
        put_back(run.tandem, job_id=job.id, token=run.token, note=_("Waiting for the worker to start again"))
    except JobPutOff:
        put_back(run.tandem, job_id=job.id, token=run.token, note=_("Waiting for another job"))
    except HitlError as error:
        _end(run, "failed", "", str(error))
    except Exception as error:  # the process's edge: the job fails, the worker goes on
        _LOGGER.exception("job_broke", extra=ids(job=job.id, kind=job.kind, project=job.slug))
        _end(run, "failed", "", _apologise(job, error))


def _end(run: JobRun, status: str, note: str, error: str | None) -> None:
    at = utc_text(utc_now())
    end_job(run.tandem, job_id=run.job.id, token=run.token, status=status, note=note, error=error, at=at)
    tell(_LOGGER, "job_ended", job=run.job.id, kind=run.job.kind, project=run.job.slug, status=status)


def _apologise(job: Job, error: Exception) -> str:
    return _(
        "Something unforeseen stopped job {id} ({name}); nothing half-done is in use. worker.log "
        "in the data folder has the details of job {id}."
    ).format(id=job.id, name=type(error).__name__)


@contextmanager
def _heartbeat(
    data_dir: Path, lock: IO[bytes], job: Job, token: str, stop: threading.Event
) -> Iterator[threading.Event]:
    lost, ended = threading.Event(), threading.Event()

    def keep_lease() -> None:
        tandem = open_tandem_there(data_dir)
        try:
            while not ended.wait(BEAT_SECONDS) and not lost.is_set():
                if not _has_lock_file(data_dir, lock):
                    stop.set()
                    return
                _beat(tandem, job, token, lost)
        finally:
            tandem.conn.close()

    thread = threading.Thread(target=keep_lease, name=f"heartbeat-{job.id}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        ended.set()
        thread.join()


def _beat(tandem: Database, job: Job, token: str, lost: threading.Event) -> None:
    try:
        if not beat(tandem, job_id=job.id, token=token, at=utc_text(utc_now())):
            lost.set()
    except HitlError as error:
        tell(_LOGGER, "heartbeat_failed", level=logging.WARNING, job=job.id, error=error)


@contextmanager
def _signals_caught() -> Iterator[threading.Event]:
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _logged_to(path: Path) -> Iterator[None]:
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(make_formatter(os.environ.get("TANDEM_LOG", "")))
    level, propagate = _LOGGER.level, _LOGGER.propagate
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.INFO)
    _LOGGER.propagate = False
    try:
        yield
    finally:
        _LOGGER.setLevel(level)
        _LOGGER.propagate = propagate
        _LOGGER.removeHandler(handler)
        handler.close()


def _is_live(tandem: Database, job_id: int) -> bool:
    job = find_job(tandem, job_id)
    return job is not None and job.status in LIVE


def _is_wanted(data_dir: Path, lock: IO[bytes]) -> bool:
    return _has_lock_file(data_dir, lock) and time.time() - os.fstat(lock.fileno()).st_mtime < IDLE_SECONDS


def _has_lock_file(data_dir: Path, lock: IO[bytes]) -> bool:
    try:
        return (data_dir / LOCK_NAME).stat().st_ino == os.fstat(lock.fileno()).st_ino
    except OSError:
        return False


def _lost_before(now: datetime) -> str:
    return utc_text(now - timedelta(seconds=LEASE_SECONDS))
