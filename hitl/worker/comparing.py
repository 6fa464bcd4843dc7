"""Two versions answer the test items that they have not answered, and are measured on the same ones."""

from hitl.domain.clock import utc_now
from hitl.domain.language import _
from hitl.domain.people import Actor
from hitl.loop.evaluate import answer_tests, evaluate_version
from hitl.store.connection import open_project, project_folder
from hitl.store.versions import read_version
from hitl.worker.progress import JobRun


def perform_comparison(run: JobRun, actor: Actor) -> str:
    """What was done, in a few words.

    Raises
    ------
    HitlError
        A model file can't be used.
    JobCancelled, JobLost, WorkerStopped
        From ``JobRun.tick``, between two parts of the items.
    """
    version_ids = [int(str(run.job.args[name])) for name in ("old_id", "new_id")]
    folder = project_folder(run.data_dir, run.job.slug)
    db = open_project(run.data_dir, run.job.slug)
    try:
        for place, version_id in enumerate(version_ids):
            run.enter("answer", begin=0.45 * place, share=0.45, note=_("Answering the test items"))
            version = read_version(db, version_id)
            if version.kind == "trained" and not version.is_retired:
                answer_tests(db, folder, version_id=version_id, actor=actor, now=utc_now(), tick=run.tick)
        run.enter("evaluate", begin=0.9, share=0.1, note=_("Measuring both versions"))
        for version_id in version_ids:
            evaluate_version(db, version_id=version_id, actor=actor, now=utc_now())
        return _("Both have answered the same items")
    finally:
        db.conn.close()
