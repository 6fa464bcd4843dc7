"""Background jobs: asked for here, done by the worker."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.audit import Details
from hitl.domain.clock import utc_text
from hitl.domain.errors import Conflict, NotFound
from hitl.domain.language import Words, _, later
from hitl.domain.people import LOCAL_OWNER, Actor, Permission
from hitl.domain.policies import JOB_PERMISSIONS, permissions_of
from hitl.domain.reader import current_reader
from hitl.domain.records import ENCODING_JOB, ROUTING_JOB, Job
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.jobs import add_job, ask_to_cancel, find_active_job, find_job, find_job_of_request


class JobKind(StrEnum):
    """What a background job does."""

    TRAIN = "train"
    IMPORT = "import"
    CHECK = "check"
    PREDICT = "predict"
    PROMOTE = "promote"
    ROLL_BACK = "roll_back"
    COMPARE = "compare"
    CURVE = "curve"
    REROUTE = ROUTING_JOB
    SAMPLES = "samples"
    BULK = "bulk"
    BACKUP = "backup"
    REDACT = "redact"
    ENCODE = ENCODING_JOB


_OF_A_FILE = frozenset({JobKind.IMPORT, JobKind.CHECK})
_BUSY = Words(
    {
        JobKind.TRAIN: later("The project is being trained already (job {id}). Wait for it, or cancel it first."),
        JobKind.IMPORT: later("The project is importing another file (job {id}). Wait for it, or cancel it first."),
        JobKind.CHECK: later("Another file is being checked (job {id}). Wait for it, or cancel it first."),
        JobKind.PREDICT: later("The project is being predicted already (job {id}). Wait for it, or cancel it first."),
        JobKind.PROMOTE: later(
            "The project is bringing another version into use (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.ROLL_BACK: later(
            "The project is being rolled back already (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.COMPARE: later(
            "The project is having two other versions compared (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.CURVE: later(
            "The project is having its learning curve made already (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.REROUTE: later("The project is routing its items already (job {id}). Wait for it, or cancel it first."),
        JobKind.SAMPLES: later("The project is being built already (job {id}). Wait for it, or cancel it first."),
        JobKind.BULK: later(
            "The project is in the middle of another bulk act (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.REDACT: later("The project is finishing a redaction already (job {id}). Wait for it."),
        JobKind.ENCODE: later(
            "The project's texts are being read already (job {id}). Wait for it, or cancel it first."
        ),
        JobKind.BACKUP: later("The project is being backed up already (job {id}). Wait for it, or cancel it first."),
    }
)


def submit_job(
    tandem: Database,
    *,
    slug: str,
    kind: str,
    args: Mapping[str, object],
    request_id: str,
    actor: Actor,
    now: datetime,
) -> Job:
    """The job that the request made; the same request again gives the same job.

    Writes: jobs.

    Raises
    ------
    Conflict
        A job of that kind is queued or running in the project, or the request was made for something else.
    NotPermitted
        The actor may not do what the job does.
    """
    job_kind = JobKind(kind)
    require(actor, JOB_PERMISSIONS[job_kind])
    with write_transaction(tandem):
        known = find_job_of_request(tandem, request_id)
        if known:
            return _same(known, slug=slug, kind=kind)
        _require_free(tandem, slug, job_kind)
        job_id = add_job(
            tandem,
            slug=slug,
            kind=kind,
            args=args,
            request_id=request_id,
            actor_id=actor.id,
            at=utc_text(now),
            language=current_reader().language,
            as_local_owner=actor is LOCAL_OWNER,
        )
        return _record(tandem, actor, "ask_job", _known_job(tandem, job_id), now=now)


def request_cancel(tandem: Database, *, slug: str, job_id: int, actor: Actor, now: datetime) -> Job:
    """The project's job after the request: cancelled when it waited, asked to stop when it runs, or unchanged.

    Writes: jobs; removes the file of an import or a check that waited.

    Raises
    ------
    NotFound
        The project has no such job.
    NotPermitted
        The actor may not do what the job does.
    """
    if not permissions_of(actor):
        require(actor, Permission.VIEW)  # refused alike, whether there is such a job or not
    with write_transaction(tandem):
        before = _known_job(tandem, job_id)
        if before.slug != slug:
            raise _no_job(job_id)
        require(actor, JOB_PERMISSIONS[before.kind])
        ask_to_cancel(tandem, job_id=job_id, at=utc_text(now))
        if before.status in {"queued", "running"}:
            _record(tandem, actor, "cancel_job", before, now=now)
        job = _known_job(tandem, job_id)
    if job.status == "cancelled":
        _drop_file(job)
    return job


def _require_free(tandem: Database, slug: str, kind: JobKind) -> None:
    busy = find_active_job(tandem, slug=slug, kind=kind)
    if busy:
        raise Conflict(_BUSY[kind].format(id=busy.id))


def _drop_file(job: Job) -> None:
    """Remove the file of a job that never began: nothing of it is staged, and nobody will read it."""
    began = "import_id" in (job.result or {})
    if job.kind in _OF_A_FILE and not began and "discard" not in job.args:
        Path(str(job.args["path"])).unlink(missing_ok=True)


def _record(tandem: Database, actor: Actor, act: str, job: Job, *, now: datetime) -> Job:
    details: Details = {"project": job.slug, "kind": job.kind}
    append(tandem, actor, act, subject=f"job:{job.id}", details=details, now=now)
    return job


def _known_job(tandem: Database, job_id: int) -> Job:
    job = find_job(tandem, job_id)
    if job is None:
        raise _no_job(job_id)
    return job


def _no_job(job_id: int) -> NotFound:
    """Said alike of a job that is not there and of another project's."""
    return NotFound(_("There is no job {job_id}.").format(job_id=job_id))


def _same(known: Job, *, slug: str, kind: str) -> Job:
    if (known.slug, known.kind) != (slug, kind):
        raise Conflict(_("This request was used for something else. Reload the page and try again."))
    return known
