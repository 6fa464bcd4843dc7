"""The job that builds the sample projects."""

from hitl.domain.clock import utc_now
from hitl.domain.language import _
from hitl.worker.progress import JobRun


def perform_samples(run: JobRun) -> str:
    """The sample projects that were not there yet."""
    from hitl.samples import build_samples  # noqa: PLC0415  only this job needs it

    run.enter("build", begin=0.0, share=1.0, note=_("Building the sample projects"))
    build_samples(run.data_dir, now=utc_now(), tick=run.tick)
    return _("The sample projects are ready")
