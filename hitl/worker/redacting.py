"""What a redaction leaves to do: files and traces, then a new version where the one in use had learned from it."""

import logging
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict, HitlError, StoreUnusable
from hitl.domain.language import _, ngettext
from hitl.domain.logs import tell
from hitl.domain.people import SYSTEM
from hitl.loop.backup_turns import list_backups
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.redact import find_training_owed, find_unfinished_redaction, finish_redactions
from hitl.settings import read_settings
from hitl.store.connection import list_slugs, open_project
from hitl.store.job_moves import is_at_work
from hitl.worker.progress import JobRun

_LOGGER = logging.getLogger("tandem.worker")


def perform_redaction(run: JobRun) -> str:
    """What was done, in a few words; where the version in use is retired, the training of a new one is asked for.

    Raises
    ------
    StoreUnusable
        A file can't be removed, or somebody reads all the while; it is tried again by itself.
    """
    run.commit_to_end()
    run.enter("redact", begin=0.0, share=1.0, note=_("Removing files, and writing the databases anew"))
    db = open_project(run.data_dir, run.job.slug)
    try:
        _ask_for_training(db, run)
        count = finish_redactions(db, run.tandem, run.data_dir, slug=run.job.slug, actor=run.acting(), now=utc_now())
    except StoreUnusable as error:
        sentence = _("The content is out of the project already. What is left of it in files is tried again: {error}")
        raise StoreUnusable(sentence.format(error=error)) from error
    finally:
        db.conn.close()
    plan = read_settings().backups
    if plan is not None:
        run.keep(folder=str(plan.folder), backups=[path.name for path in list_backups(plan.folder)])
    return ngettext("{count} redaction is finished", "{count} redactions are finished", count).format(count=count)


def ask_for_redactions(data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the end of each project's unfinished redaction; none while a job of the project waits or runs.

    Writes: jobs.
    """
    for slug in list_slugs(data_dir):
        try:
            _ask(data_dir, tandem, slug, now)
        except HitlError as error:
            tell(_LOGGER, "redaction_not_asked_for", level=logging.WARNING, error=error)


def _ask(data_dir: Path, tandem: Database, slug: str, now: datetime) -> None:
    if is_at_work(tandem, slug):
        return
    db = open_project(data_dir, slug)
    try:
        name = find_unfinished_redaction(db)
    finally:
        db.conn.close()
    if name is not None:
        request_id = f"{slug}-{name}-{now:%Y%m%dT%H%M}"  # once a minute: what stood in the way may be gone
        submit_job(tandem, slug=slug, kind=JobKind.REDACT, args={}, request_id=request_id, actor=SYSTEM, now=now)


def _ask_for_training(db: Database, run: JobRun) -> None:
    name = find_training_owed(db)
    if name is None:
        return
    try:
        submit_job(
            run.tandem,
            slug=run.job.slug,
            kind=JobKind.TRAIN,
            args={"redacted": True},
            request_id=f"{run.job.slug}-{name}-{run.job.id}",
            actor=SYSTEM,
            now=utc_now(),
        )
    except Conflict:  # one waits already: it learns from what is there when it begins
        return
