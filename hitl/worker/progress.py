"""A job that is being done: how far it is, whether it may go on, and what it has made so far."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlite_utils import Database

from hitl.access import actor_in, as_maker, require
from hitl.domain.clock import utc_now, utc_text
from hitl.domain.errors import JobCancelled, JobLost, NotPermitted
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER, Actor, Permission
from hitl.domain.policies import JOB_PERMISSIONS
from hitl.domain.records import COMMITTED_TO_END, Job
from hitl.store.jobs import keep_result, write_progress

_WRITE_SECONDS = 0.2


class WorkerStopped(BaseException):
    """The worker was told to end; the job waits for the next one."""


class JobPutOff(BaseException):
    """Another job waits, and this one can: it goes on behind it."""


class JobRun:
    """One attempt at a job.

    Stages report through ``tick``; what they make is kept at once by ``keep``, so that a later attempt finds it
    in ``made`` and doesn't make it twice.

    Attributes
    ----------
    ask_for_due_work : callable
        Lets the askers look as between two jobs, between two transactions of this one: for a job that gives way.
    """

    def __init__(
        self,
        tandem: Database,
        data_dir: Path,
        job: Job,
        token: str,
        stop: threading.Event,
        lost: threading.Event,
        ask_for_due_work: Callable[[], None] = lambda: None,
    ) -> None:
        self.tandem = tandem
        self.data_dir = data_dir
        self.job = job
        self.token = token
        self.made: Mapping[str, object] = dict(job.result or {})
        self._stop = stop
        self._lost = lost
        self.ask_for_due_work = ask_for_due_work
        self._stage = job.stage
        self._begin = 0.0
        self._share = 0.0
        self._written_at = 0.0

    def acting(self) -> Actor:
        """Whoever asked for the job, with the role that they have now in its project.

        Raises
        ------
        NotPermitted
            They may not do it any more.
        """
        job = self.job
        if job.as_local_owner and job.actor_id == LOCAL_OWNER.id:
            return LOCAL_OWNER
        try:
            needed = JOB_PERMISSIONS[job.kind]
            is_planned = not job.slug or needed is Permission.CREATE_PROJECT
            actor = actor_in(self.tandem, job.actor_id, None if is_planned else job.slug)
            actor = as_maker(actor) if is_planned else actor
            require(actor, needed)
        except NotPermitted as error:
            raise NotPermitted(
                _("Whoever asked for this may not do it any more. Somebody who may can ask for it again.")
            ) from error
        return actor

    def enter(self, stage: str, *, begin: float, share: float, note: str) -> None:
        """Go on to a stage that covers the job's progress from ``begin`` for ``share``."""
        self._stage, self._begin, self._share = stage, begin, share
        self._written_at = 0.0
        self.tick(0.0, note)

    def tick(self, done: float, note: str) -> None:
        """Report a stage's progress in [0, 1], and go on if the job may.

        Raises
        ------
        JobCancelled
            A person asked for the job to stop, and it still can.
        JobLost
            Another worker has taken it over.
        WorkerStopped
            The worker was told to end.
        """
        if self._stop.is_set():
            raise WorkerStopped
        if self._lost.is_set():
            raise JobLost
        if time.monotonic() - self._written_at < _WRITE_SECONDS:
            return
        self._written_at = time.monotonic()
        self._write(min(max(done, 0.0), 1.0), note)

    def keep(self, **made: object) -> None:
        """Add to what the job has made.

        Raises
        ------
        JobLost
            Another worker has taken the job over.
        """
        self.made = {**self.made, **made}
        if not keep_result(self.tandem, job_id=self.job.id, token=self.token, result=self.made):
            raise JobLost

    def commit_to_end(self) -> None:
        """From here on, in later attempts too, the job is finished whoever asks for it to stop.

        For the step before others see what the job made.

        Raises
        ------
        JobLost
            Another worker has taken the job over.
        """
        self.keep(**{COMMITTED_TO_END: True})

    def _write(self, done: float, note: str) -> None:
        cancel_requested = write_progress(
            self.tandem,
            job_id=self.job.id,
            token=self.token,
            stage=self._stage,
            progress=min(self._begin + self._share * done, 1.0),
            note=note,
            at=utc_text(utc_now()),
        )
        if cancel_requested is None:
            raise JobLost
        if cancel_requested and not self.made.get(COMMITTED_TO_END):
            raise JobCancelled
