"""Back-ups by themselves: whose turn has come, what the last ones came to, and what is wrong about that."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.backup_plan import BACKUP_SLUG, BackupPlan
from hitl.domain.clock import parse_utc
from hitl.domain.language import _
from hitl.domain.records import Job
from hitl.domain.schedule import due
from hitl.store.jobs import list_latest_jobs

RETRY_AFTER = timedelta(hours=1)
MOST_TRIES = 6
LATE_AFTER = timedelta(hours=50)
_LOOKED_AT = 30
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class BackupTurn:
    """A back-up that is due: for which local day, and which try of it this is."""

    day: date
    number: int

    @property
    def request_id(self) -> str:
        """The id that makes asking again for the same try ask once."""
        return f"backup-{self.day.isoformat()}-{self.number}"


@dataclass(frozen=True)
class BackupState:
    """The newest back-up that is there, and why the last try brought none; both None where nothing was tried."""

    done_at: str | None
    failed_at: str | None
    error: str | None


def find_due_backup(tandem: Database, plan: BackupPlan, *, now: datetime) -> BackupTurn | None:
    """The turn that has come; a try that failed is made again after an hour, a few times a day. Changes nothing."""
    jobs = [job for job in list_latest_jobs(tandem, slug=BACKUP_SLUG, count=_LOOKED_AT) if "day" in job.args]
    good = [job for job in jobs if job.status in {"done", "queued", "running"}]
    days = [date.fromisoformat(str(job.args["day"])) for job in good]
    day = due(plan.rule, now=now, since=_BEGINNING, last_day=max(days, default=None))
    if day is None or any(job.status in {"queued", "running"} for job in jobs):
        return None
    tries = [job for job in jobs if str(job.args["day"]) == day.isoformat()]
    if len(tries) >= MOST_TRIES or any(_is_recent(job, now) for job in tries):
        return None
    return BackupTurn(day, len(tries) + 1)


def read_backup_state(tandem: Database) -> BackupState:
    """What the scheduled back-ups came to. Changes nothing."""
    jobs = list_latest_jobs(tandem, slug=BACKUP_SLUG, count=_LOOKED_AT)
    done = next((job for job in jobs if job.status == "done"), None)
    last = next((job for job in jobs if job.status in {"done", "failed", "cancelled"}), None)
    failed = last if last and last.status != "done" else None
    return BackupState(
        done_at=done.ended_at if done else None,
        failed_at=failed.ended_at if failed else None,
        error=(failed.error or _("It was stopped.")) if failed else None,
    )


def examine_backups(tandem: Database, plan: BackupPlan | None, *, now: datetime) -> list[str]:
    """What is wrong about back-ups, a sentence each that says what to do. Changes nothing."""
    if plan is None:
        return []
    state = read_backup_state(tandem)
    found = [_("The last back-up failed: {error}").format(error=state.error)] if state.error else []
    age = None if state.done_at is None else now - parse_utc(state.done_at)
    if age is not None and age > LATE_AFTER:
        found.append(
            _(
                "The newest back-up is {days} days old. See that the server runs at {text} and that "
                "{folder} can be written, or run `python -m hitl backup`."
            ).format(days=age.days, text=plan.rule.text, folder=plan.folder)
        )
    if age is None and not state.error and not _is_started(tandem):
        found.append(
            _("No back-up was made yet in {folder}. Start the server, or run `python -m hitl backup`.").format(
                folder=plan.folder
            )
        )
    return found


def list_backups(folder: Path) -> list[Path]:
    """The back-ups of a folder, the oldest first. Changes nothing."""
    return sorted(folder.glob("tandem-*.backup"), key=lambda path: path.name)


def _is_started(tandem: Database) -> bool:
    return bool(list_latest_jobs(tandem, slug=BACKUP_SLUG, count=1))


def _is_recent(job: Job, now: datetime) -> bool:
    """Whether it is too early after a try for the next; a clock that went back makes nobody wait longer."""
    return job.ended_at is not None and timedelta(0) <= now - parse_utc(job.ended_at) < RETRY_AFTER
