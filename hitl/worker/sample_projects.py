"""The job that builds the sample projects."""

from hitl.domain.clock import utc_now
from hitl.domain.language import _
from hitl.store.connection import write_transaction
from hitl.store.memberships import begin_memberships
from hitl.worker.progress import JobRun


def perform_samples(run: JobRun) -> str:
    """The sample projects that were not there yet."""
    from hitl.samples import build_samples, missing_samples  # noqa: PLC0415  only this job needs it

    maker = run.acting()
    with write_transaction(run.tandem):
        for slug in missing_samples(run.data_dir):  # built apart, where nobody knows whose they will be
            begin_memberships(run.tandem, slug=slug, maker=maker)
    run.enter("build", begin=0.0, share=1.0, note=_("Building the sample projects"))
    build_samples(run.data_dir, now=utc_now(), tick=run.tick)
    return _("The sample projects are ready")
