"""Background jobs as a page shows them: stage, share done, time taken and time left."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.domain.clock import parse_utc
from hitl.domain.language import Words, _, later
from hitl.domain.records import Job
from hitl.store.jobs import find_job, find_job_of_request, list_latest_jobs
from hitl.views.triggers import describe_trigger

JOB_COUNT = 20
LIVE = frozenset({"queued", "running"})
_ENOUGH_TO_GUESS = 0.05

KIND_NAMES = Words(
    {
        "train": later("training"),
        "import": later("import"),
        "check": later("check of the file"),
        "predict": later("prediction"),
        "promote": later("promotion"),
        "roll_back": later("roll-back"),
        "compare": later("comparison"),
        "curve": later("learning curve"),
        "samples": later("sample projects"),
        "bulk": later("bulk act"),
        "backup": later("back-up"),
        "redact": later("redaction"),
        "reroute": later("routing"),
        "encode": later("reading of texts"),
    }
)
STAGE_NAMES: dict[str, Words[str]] = {
    "train": Words(
        {
            "snapshot": later("collect labels"),
            "follow": later("choose what to ask meanwhile"),
            "train": later("learn"),
            "predict": later("answer all items"),
            "evaluate": later("measure"),
            "second_look": later("doubt labels"),
            "promote": later("take into use"),
            "order": later("choose what to ask"),
        }
    ),
    "import": Words(
        {
            "read": later("check the file"),
            "stage": later("read rows"),
            "publish": later("show items"),
            "promote": later("take over answers"),
            "predict": later("answer new items"),
            "reroute": later("route"),
            "order": later("choose what to ask"),
        }
    ),
    "check": Words({"read": later("find out how it is read"), "rows": later("check every row")}),
    "promote": Words(
        {
            "predict": later("answer all items"),
            "promote": later("take into use"),
            "order": later("choose what to ask"),
        }
    ),
    "roll_back": Words(
        {"predict": later("answer all items"), "promote": later("return to it"), "order": later("choose what to ask")}
    ),
    "curve": Words({"curve": later("train on parts of the labels")}),
    "compare": Words({"answer": later("answer test items"), "evaluate": later("measure")}),
    "bulk": Words({"do": later("change the items"), "undo": later("take it back")}),
    "reroute": Words({"reroute": later("route all items"), "order": later("choose what to ask")}),
    "encode": Words({"encode": later("read the texts")}),
}
WHAT_STAYS = Words(
    {
        "train": later("The labels and the model in use are as they were."),
        "import": later("Nothing of this file was kept."),
        "check": later("Nothing of this file was kept."),
        "promote": later("The model in use is as it was."),
        "roll_back": later("The model in use is as it was."),
        "bulk": later("What it had changed so far stands."),
        "reroute": later("Items that it had not come to are as they were."),
        "encode": later("What it had read so far is kept."),
    }
)
WHAT_NEXT = Words(
    {
        ("train", "failed"): later("Train again when that is mended."),
        ("train", "cancelled"): later("Train again whenever you like."),
        ("import", "failed"): later("Mend it, then import it again."),
        ("import", "cancelled"): later("Import it again whenever you like."),
        ("check", "failed"): later("Mend it, then check it again."),
        ("check", "cancelled"): later("Check it again whenever you like, or import it as it is."),
        ("bulk", "failed"): later("Go on with it or undo it when that is mended."),
        ("bulk", "cancelled"): later("Go on with it, or undo it."),
        ("encode", "failed"): later("Start it again on the settings page when that is mended."),
        ("encode", "cancelled"): later("Start it again on the settings page whenever you like."),
    }
)


@dataclass(frozen=True)
class JobView:
    """A job with its times in seconds; ``left_seconds`` is None while it can't be guessed."""

    job: Job
    elapsed_seconds: float | None
    left_seconds: float | None

    @property
    def is_live(self) -> bool:
        """Whether it waits or runs."""
        return self.job.status in LIVE

    @property
    def kind_name(self) -> str:
        """What it does, in a word."""
        name = KIND_NAMES.get(self.job.kind, self.job.kind)
        return " ".join(filter(None, (name, describe_trigger(self.job.args))))

    @property
    def what_next(self) -> str:
        """What a job that failed or was cancelled leaves behind, and what to do."""
        if self.job.kind == "import" and "summary" in (self.job.result or {}):
            return _(
                "The items of the file are here, some without the model's answer. Mend that, then import it again."
            )
        if self.job.kind == "import" and "import_id" in (self.job.result or {}) and self.job.status == "cancelled":
            return _("What was read so far is kept, and nobody sees it yet: go on with it, or discard it.")
        stays = WHAT_STAYS.get(self.job.kind, _("Nothing was changed."))
        return f"{stays} {WHAT_NEXT.get((self.job.kind, self.job.status), _('Start it again when you are ready.'))}"

    @property
    def stages(self) -> tuple[tuple[str, str], ...]:
        """Its steps by name, each ``done``, ``now`` or ``later``; empty where they are not known."""
        names: Mapping[str, str] = STAGE_NAMES.get(self.job.kind, {})
        if self.job.status == "queued" or self.job.stage not in names:
            return tuple((name, "later") for name in names.values())
        reached = list(names).index(self.job.stage)
        return tuple(
            (name, "done" if position < reached else "now" if position == reached else "later")
            for position, name in enumerate(names.values())
        )


def read_jobs(tandem: Database, slug: str, *, now: datetime) -> tuple[JobView, ...]:
    """The latest jobs of a project, newest first."""
    return tuple(view_job(job, now=now) for job in list_latest_jobs(tandem, slug=slug, count=JOB_COUNT))


def find_latest_job(jobs: Iterable[JobView], *, kinds: Collection[str]) -> JobView | None:
    """The newest of the jobs that are of these kinds, or None."""
    return next((view for view in jobs if view.job.kind in kinds), None)


def read_job(tandem: Database, job_id: int, *, now: datetime) -> JobView | None:
    """A job by its id, or None."""
    job = find_job(tandem, job_id)
    return None if job is None else view_job(job, now=now)


def read_job_of_request(tandem: Database, request_id: str, *, now: datetime) -> JobView | None:
    """The job that a request made, or None."""
    job = find_job_of_request(tandem, request_id)
    return None if job is None else view_job(job, now=now)


def view_job(job: Job, *, now: datetime) -> JobView:
    """A job with the time taken so far, and the time left at the same pace."""
    if job.started_at is None:
        return JobView(job, None, None)
    end = parse_utc(job.ended_at) if job.ended_at else now
    elapsed = max(0.0, (end - parse_utc(job.started_at)).total_seconds())
    if job.status != "running" or job.progress < _ENOUGH_TO_GUESS:
        return JobView(job, elapsed, None)
    return JobView(job, elapsed, elapsed * (1 - job.progress) / job.progress)
