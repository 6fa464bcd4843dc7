"""A bulk act in the background: step by step, so that people go on deciding and whatever stops it, it goes on."""

from collections.abc import Callable

from sqlite_utils import Database

from hitl.domain.clock import utc_now
from hitl.domain.language import Words, later
from hitl.domain.pacing import Pace
from hitl.domain.people import Actor
from hitl.loop.bulk import BulkProgress, go_on, go_on_undoing
from hitl.store.connection import open_project
from hitl.views.formatting import number
from hitl.worker.progress import JobRun

_STEPS: dict[str, Callable[..., BulkProgress]] = {"do": go_on, "undo": go_on_undoing}
_FEWEST = 10
_NOTES = Words({"do": later("{done} of {all} items done"), "undo": later("{done} of {all} items taken back")})


def perform_bulk(run: JobRun, actor: Actor) -> str:
    """What the act, or its undoing, has done, in a few words.

    Raises
    ------
    HitlError
        A step can't be done; the message says why.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``, between two steps.
    """
    step = str(run.job.args["step"])
    db = open_project(run.data_dir, run.job.slug)
    try:
        run.enter(step, begin=0.0, share=1.0, note=run.job.note)
        return _repeat(run, db, step, actor)
    finally:
        db.conn.close()


def _repeat(run: JobRun, db: Database, step: str, actor: Actor) -> str:
    act_id = int(str(run.job.args["act_id"]))
    latest: list[BulkProgress] = []
    pace = Pace(count=_FEWEST, fewest=_FEWEST)

    def take(count: int) -> int:
        before = latest[0] if latest else None
        latest[:] = [_STEPS[step](db, act_id=act_id, before=before, count=count, actor=actor, now=utc_now())]
        return count

    while True:
        pace.take(take)
        [progress] = latest
        note = _NOTES[step].format(done=number(progress.done_count), all=number(progress.group_count))
        if progress.ended:
            return note
        run.tick(progress.done_count / progress.group_count, note)
