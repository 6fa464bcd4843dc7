"""A learning curve in the background: it may take a minute, and ends sooner when somebody cancels it."""

import time

from hitl.domain.clock import utc_now
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.loop.learning_curve import make_learning_curve
from hitl.store.connection import open_project, project_folder
from hitl.worker.progress import JobRun

BUDGET_SECONDS = 60.0


def perform_learning_curve(run: JobRun, actor: Actor) -> str:
    """What was made, in a few words; the repeats end when the time is over.

    Raises
    ------
    HitlError
        There are too few labels, or the version has none.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``, between two fits.
    """
    end = time.monotonic() + BUDGET_SECONDS
    db = open_project(run.data_dir, run.job.slug)
    try:
        run.enter("curve", begin=0.0, share=1.0, note=_("Training on parts of the labels"))
        make_learning_curve(
            db,
            project_folder(run.data_dir, run.job.slug),
            version_id=int(str(run.job.args["version_id"])),
            has_time=lambda: time.monotonic() < end,
            actor=actor,
            now=utc_now(),
            tick=run.tick,
        )
        return _("The learning curve is made")
    finally:
        db.conn.close()
