"""What becomes of staged rows whose import does not go on: discarded by wish, after a failure, or as nobody's."""

from pathlib import Path

from sqlite_utils import Database

from hitl.domain.clock import utc_now
from hitl.domain.language import _
from hitl.domain.people import SYSTEM
from hitl.loop.ingest import discard_import
from hitl.loop.interrupted import require_none_interrupted
from hitl.store.connection import open_project
from hitl.store.items import read_import
from hitl.store.reads_imports import unfinished_imports
from hitl.worker.progress import JobRun


def perform_discard(run: JobRun) -> str:
    """What discarding an interrupted import brought, in a few words; its file goes, too."""
    run.commit_to_end()
    run.enter("discard", begin=0.0, share=1.0, note=_("Removing what was read"))
    _discard(run, int(str(run.job.args["discard"])))
    return _("The import is discarded")


def discard_own(run: JobRun) -> None:
    """Remove what a job that failed has staged, and its file; others' staged rows stay."""
    made = run.made.get("import_id")
    _discard(run, None if made is None else int(str(made)))


def clear_abandoned(run: JobRun, db: Database) -> None:
    """Discard staged imports that can't go on, before another is staged.

    Raises
    ------
    Conflict
        One can go on: a person shall say whether it does.
    """
    require_none_interrupted(db, run.tandem, slug=run.job.slug)
    for import_id in unfinished_imports(db):
        if not _is_own(db, run, import_id):
            discard_import(db, import_id=import_id, actor=SYSTEM, now=utc_now())


def _is_own(db: Database, run: JobRun, import_id: int) -> bool:
    """Whether this job began the import in an attempt that was cut off before it was kept."""
    return str(read_import(db, import_id)["request_id"]).startswith(f"job-{run.job.id}-{run.job.created_at}-")


def _discard(run: JobRun, import_id: int | None) -> None:
    db = open_project(run.data_dir, run.job.slug)
    try:
        if import_id in unfinished_imports(db):
            discard_import(db, import_id=int(str(import_id)), actor=SYSTEM, now=utc_now())
    finally:
        db.conn.close()
    path = str(run.job.args.get("path", ""))
    if path:
        Path(path).unlink(missing_ok=True)
