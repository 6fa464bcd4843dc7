"""Interrupted imports: staged and unseen, with no job under way; a person lets one go on, or discards it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.audit import Details
from hitl.domain.clock import utc_text
from hitl.domain.errors import Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Job
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.jobs import find_active_job, find_job, queue_again
from hitl.store.reads_imports import read_unfinished

_KIND = "import"
_OF_JOB = re.compile(r"job-(\d+)-(.+)-import")


@dataclass(frozen=True)
class InterruptedImport:
    """An import that stopped half-way.

    Attributes
    ----------
    item_count : int
        Items that are staged, unseen.
    last_row : int
        The row of the file up to which it was read.
    at : str
        When it stopped, or where that is not known when it began.
    job : Job or None
        The job that staged it; None where the desk does not know it, as after a restore.
    can_go_on : bool
        Whether that job and its file are still there.
    """

    import_id: int
    file_name: str
    item_count: int
    last_row: int
    at: str
    job: Job | None
    can_go_on: bool


def find_interrupted(db: Database, tandem: Database, *, slug: str) -> tuple[InterruptedImport, ...]:
    """The interrupted imports of a project, oldest first. Changes nothing."""
    found = (_describe(tandem, slug, row) for row in read_unfinished(db))
    return tuple(one for one in found if one is not None)


def require_none_interrupted(db: Database, tandem: Database, *, slug: str) -> None:
    """Nothing, unless an import waits for a person to say whether it goes on. Changes nothing.

    Raises
    ------
    Conflict
        One does.
    """
    waiting = next((one for one in find_interrupted(db, tandem, slug=slug) if one.can_go_on), None)
    if waiting is not None:
        message = _("The import of {file} stopped at row {row:,}. Go on with it or discard it first.")
        raise Conflict(message.format(file=waiting.file_name, row=waiting.last_row))


def resume_import(db: Database, tandem: Database, *, slug: str, import_id: int, actor: Actor, now: datetime) -> Job:
    """The job of an interrupted import, waiting for its turn again; it goes on after the last row that is staged.

    Writes: jobs.

    Raises
    ------
    NotFound
        There is no such interrupted import.
    Conflict
        Its file is no longer there, or another import is under way.
    """
    require(actor, Permission.IMPORT)
    wanted = require_interrupted(db, tandem, slug=slug, import_id=import_id)
    if wanted.job is None or not wanted.can_go_on:
        gone = _("The uploaded file {file} is no longer there. Discard this import, then import the file again.")
        raise Conflict(gone.format(file=wanted.file_name))
    with write_transaction(tandem):
        if find_active_job(tandem, slug=slug, kind=_KIND):
            raise Conflict(_("Another import is under way. Wait for it, or cancel it first."))
        queue_again(tandem, job_id=wanted.job.id, at=utc_text(now))
        details: Details = {"project": slug, "import": import_id}
        append(tandem, actor, "resume_import", subject=f"job:{wanted.job.id}", details=details, now=now)
    return find_job(tandem, wanted.job.id) or wanted.job


def require_interrupted(db: Database, tandem: Database, *, slug: str, import_id: int) -> InterruptedImport:
    """The interrupted import of that number. Changes nothing.

    Raises
    ------
    NotFound
        There is none.
    """
    for one in find_interrupted(db, tandem, slug=slug):
        if one.import_id == import_id:
            return one
    raise NotFound(
        _("Import {import_id} is not interrupted: it has ended, or is under way.").format(import_id=import_id)
    )


def discarding_args(wanted: InterruptedImport) -> dict[str, object]:
    """What the job is told that discards an interrupted import and its file."""
    args: Mapping[str, object] = wanted.job.args if wanted.job else {}
    return {"discard": wanted.import_id, "file_name": wanted.file_name, "path": args.get("path", "")}


def _describe(tandem: Database, slug: str, row: Mapping[str, object]) -> InterruptedImport | None:
    job = _job_of(tandem, slug, str(row["request_id"]))
    if job is not None and job.status in {"queued", "running"}:
        return None
    return InterruptedImport(
        import_id=int(str(row["id"])),
        file_name=str(row["file_name"]),
        item_count=int(str(row["item_count"])),
        last_row=int(str(row["last_row"])),
        at=(job.ended_at if job else None) or str(row["at"]),
        job=job,
        can_go_on=job is not None and Path(str(job.args["path"])).is_file(),
    )


def _job_of(tandem: Database, slug: str, request_id: str) -> Job | None:
    named = _OF_JOB.fullmatch(request_id)
    job = find_job(tandem, int(named[1])) if named else None
    is_its_own = named is not None and job is not None and (job.slug, job.created_at) == (slug, named[2])
    return job if is_its_own else None
