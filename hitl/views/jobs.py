"""Background jobs as a page shows them: stage, share done, time taken and time left."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.domain.clock import parse_utc
from hitl.domain.records import Job
from hitl.store.jobs import find_job, find_job_of_request, list_latest_jobs

JOB_COUNT = 6
LIVE = frozenset({"queued", "running"})
_ENOUGH_TO_GUESS = 0.05

KIND_NAMES = {"train": "training", "import": "import", "predict": "prediction", "samples": "sample projects"}


@dataclass(frozen=True)
class JobView:
    """A job with its times in seconds; ``left_seconds`` is None while it can't be guessed."""

    job: Job
    elapsed_seconds: float | None
    left_seconds: float | None

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self.job.status in LIVE

    @property
    def kind_name(self) -> str:
        """What it does, in a word."""
        return KIND_NAMES.get(self.job.kind, self.job.kind)


def read_jobs(tandem: Database, slug: str, *, now: datetime) -> tuple[JobView, ...]:
    """The latest jobs of a project, newest first."""
    return tuple(view_job(job, now=now) for job in list_latest_jobs(tandem, slug=slug, count=JOB_COUNT))


def read_job(tandem: Database, job_id: int, *, now: datetime) -> JobView | None:
    """A job by its id, or None."""
    job = find_job(tandem, job_id)
    return None if job is None else view_job(job, now=now)


def read_job_of_request(tandem: Database, request_id: str, *, now: datetime) -> JobView | None:
    """The job that a request made, or None."""
    job = find_job_of_request(tandem, request_id)
    return None if job is None else view_job(job, now=now)


def view_job(job: Job, *, now: datetime) -> JobView:
    """A job with the time taken so far, and the time left at the same pace."""
    if job.started_at is None:
        return JobView(job, None, None)
    end = parse_utc(job.ended_at) if job.ended_at else now
    elapsed = max(0.0, (end - parse_utc(job.started_at)).total_seconds())
    if job.status != "running" or job.progress < _ENOUGH_TO_GUESS:
        return JobView(job, elapsed, None)
    return JobView(job, elapsed, elapsed * (1 - job.progress) / job.progress)
