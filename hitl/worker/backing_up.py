"""Back-ups by themselves: the asker that looks whether one is due, and the job that makes it."""

import logging
import shutil
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.backup_plan import BACKUP_SLUG
from hitl.domain.clock import utc_now
from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _, ngettext
from hitl.domain.logs import tell
from hitl.domain.people import SYSTEM
from hitl.loop.backup_turns import find_due_backup
from hitl.loop.backups import back_up
from hitl.loop.jobs import JobKind, submit_job
from hitl.settings import read_settings
from hitl.worker.progress import JobRun

LEAST_LEFT_BYTES = 500_000_000
_COPIES = 2  # the file, and what it unpacks to while it is looked through
_LOGGER = logging.getLogger("tandem.worker")


def ask_for_backup(_data_dir: Path, tandem: Database, now: datetime) -> None:
    """Ask for the back-up that is due, if the settings name a folder for back-ups.

    Writes: jobs.
    """
    plan = read_settings().backups
    turn = find_due_backup(tandem, plan, now=now) if plan else None
    if plan is None or turn is None:
        return
    args = {"day": turn.day.isoformat(), "folder": str(plan.folder), "keep": plan.keep}
    job = submit_job(
        tandem, slug=BACKUP_SLUG, kind=JobKind.BACKUP, args=args, request_id=turn.request_id, actor=SYSTEM, now=now
    )
    tell(_LOGGER, "backup_due", job=job.id, day=turn.day, attempt=turn.number)


def perform_backup(run: JobRun) -> str:
    """A back-up made and looked through; older ones beyond the plan's number are gone.

    Raises
    ------
    StoreUnusable
        There is too little room for it; the back-ups that are there stay.
    """
    folder, keep = Path(str(run.job.args["folder"])), int(str(run.job.args["keep"]))
    run.enter("backup", begin=0.0, share=1.0, note=_("Copying all projects and looking through the copy"))
    _check_room(run.data_dir, folder)
    made = back_up(run.data_dir, to=folder, keep=keep, actor=SYSTEM, now=utc_now())
    projects = ngettext("{count} project", "{count} projects", made.project_count).format(count=made.project_count)
    return f"{made.path.name}, {projects}"


def _check_room(data_dir: Path, folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StoreUnusable(
            _(
                "{folder} can't be written ({strerror}). Mend its rights, or set TANDEM_BACKUPS to another folder."
            ).format(folder=folder, strerror=error.strerror)
        ) from error
    needed = _COPIES * _size_of(data_dir, besides=folder) + LEAST_LEFT_BYTES
    if free < needed:
        raise StoreUnusable(
            _(
                "A back-up needs {needed:,.0f} MB free in {folder}, and there are {free:,.0f} MB. The "
                "back-ups that are there stay. Make room, or set TANDEM_BACKUPS to a folder on another "
                "disk."
            ).format(needed=needed / 1000000.0, folder=folder, free=free / 1000000.0)
        )


def _size_of(data_dir: Path, *, besides: Path) -> int:
    paths = (path for path in data_dir.rglob("*") if besides not in path.parents)
    return sum(_file_size(path) for path in paths)


def _file_size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # it went away meanwhile
        return 0
