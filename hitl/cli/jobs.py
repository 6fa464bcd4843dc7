"""Background jobs from the foreground: asked for, waited for or done right here, with their progress shown."""

import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hitl.cli.app import Desk, note
from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict, HitlError, JobCancelled, JobFailed
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.records import Job
from hitl.domain.terminal_text import inert
from hitl.loop.jobs import JobKind, request_cancel, submit_job
from hitl.store.jobs import find_active_job, find_job
from hitl.views.jobs import LIVE
from hitl.worker import worker_alive
from hitl.worker.run import work_until_ended

POLL_SECONDS = 0.2


def carry_out(desk: Desk, *, slug: str, kind: JobKind, args: Mapping[str, object]) -> Job:
    """The job when it is done: by the server's worker where one is alive, else in this process.

    A job of that kind which an interrupted command left behind is ended first; it is the job when it is the same.

    Raises
    ------
    Conflict
        Such a job is under way already.
    JobFailed, JobCancelled
        It ended without its result.
    KeyboardInterrupt
        The person stopped it; the job is cancelled.
    """
    try:
        job = _submit(desk, slug, kind, args)
    except Conflict:
        left = _left_behind(desk, slug, kind)
        if left is None:
            raise
        note(_("Job {id} of an interrupted command is ended first.").format(id=left.id))
        if left.args == args:
            return finish(desk, left.id)
        work_until_ended(desk.data_dir, job_id=left.id)
        job = _submit(desk, slug, kind, args)
    return finish(desk, job.id)


def finish(desk: Desk, job_id: int) -> Job:
    """A job under way, when it is done; raises as ``carry_out``."""
    job = _read(desk, job_id)
    try:
        with _shown_progress(desk, job_id):
            while (job := _read(desk, job_id)).status in LIVE:
                if not work_until_ended(desk.data_dir, job_id=job_id):
                    time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        with desk.tandem() as tandem:
            request_cancel(tandem, slug=job.slug, job_id=job_id, actor=LOCAL_OWNER, now=utc_now())
        raise
    if job.status == "cancelled":
        raise JobCancelled(_("Somebody cancelled it. Start it again when you want its result."))
    if job.status != "done":
        raise JobFailed(
            job.error
            or _("Job {number} ended without a result; see worker.log in the data folder.").format(number=job.id)
        )
    return job


def _submit(desk: Desk, slug: str, kind: JobKind, args: Mapping[str, object]) -> Job:
    with desk.tandem() as tandem:
        return submit_job(
            tandem,
            slug=slug,
            kind=kind.value,
            args=args,
            request_id=f"cli-{uuid.uuid4()}",
            actor=LOCAL_OWNER,
            now=utc_now(),
        )


def _left_behind(desk: Desk, slug: str, kind: JobKind) -> Job | None:
    """The job of that kind which nobody does: it is queued or running, and no worker is alive."""
    if worker_alive(desk.data_dir):
        return None
    with desk.tandem() as tandem:
        return find_active_job(tandem, slug=slug, kind=kind.value)


def _read(desk: Desk, job_id: int) -> Job:
    with desk.tandem() as tandem:
        job = find_job(tandem, job_id)
    if job is None:
        raise JobFailed(_("Job {number} is gone: its data folder was replaced. Start it again.").format(number=job_id))
    return job


@contextmanager
def _shown_progress(desk: Desk, job_id: int) -> Iterator[None]:
    ended = threading.Event()
    thread = threading.Thread(target=_show_progress, args=(desk, job_id, ended), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _show_progress(desk: Desk, job_id: int, ended: threading.Event) -> None:
    """One line a stage; on a terminal the same line again and again with the share done."""
    is_terminal = sys.stderr.isatty()
    stage = ""
    while not ended.wait(POLL_SECONDS):
        try:
            job = _read(desk, job_id)
        except HitlError:
            return  # whoever waits for the job is told
        if is_terminal and job.note:
            sys.stderr.write(f"\r\033[K{job.progress:4.0%}  {inert(job.note)}")
            sys.stderr.flush()
        elif job.stage != stage:
            note(f"{job.progress:4.0%}  {job.note}")
        stage = job.stage
    if is_terminal and stage:
        sys.stderr.write("\r\033[K")
