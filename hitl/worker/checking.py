"""The check of a large file in the background: all rows are read, the result alone is kept; cut off, it begins anew."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import JobLost, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.store.connection import open_project
from hitl.views.kept_check import CheckOrder, ground_of_order, keep_check
from hitl.views.wording import count_of
from hitl.worker.progress import JobRun


def perform_check(run: JobRun, actor: Actor) -> str:
    """What was found, in a few words; the file goes when the check has ended, however it did.

    Raises
    ------
    HitlError
        The file can't be read, or does not fit the project.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``, between two chunks of rows.
    """
    path = Path(str(run.job.args["path"]))
    if not path.exists():
        raise NotFound(_("The uploaded file is no longer there. Upload it again."))
    try:
        note = _check(run, path, actor)
    except JobLost:  # whoever has taken it over reads the file again
        raise
    except Exception:  # whatever ended it: an uploaded file is kept for no check that is over, and the error goes on
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return note


def _check(run: JobRun, path: Path, actor: Actor) -> str:
    order = CheckOrder.from_args(run.job.args)

    def tick_reading(share: float, row: int) -> None:
        run.tick(share, _("Finding out how it is read ({row:,} rows so far)").format(row=row))

    def tick(share: float, row: int) -> None:
        if not entered:
            entered.append(True)
            run.enter("rows", begin=0.3, share=0.7, note=_("Checking every row"))
        run.tick(share, _("Checking every row ({row:,} so far)").format(row=row))

    entered: list[bool] = []
    run.enter("read", begin=0.0, share=0.3, note=_("Finding out how it is read"))
    with _project_of(run) as db:
        found = keep_check(
            path,
            name=str(run.job.args["file_name"]),
            order=order,
            ground=ground_of_order(db, order),
            actor=actor,
            tick_reading=tick_reading,
            tick=tick,
        )
    return count_of(found.row_count, "{count} row checked", "{count} rows checked")


@contextmanager
def _project_of(run: JobRun) -> Iterator[Database | None]:
    """The project that the file is compared with; None where it begins one."""
    if not run.job.slug:
        yield None
        return
    db = open_project(run.data_dir, run.job.slug)
    try:
        yield db
    finally:
        db.conn.close()
