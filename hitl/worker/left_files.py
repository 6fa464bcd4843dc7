"""Files of people that no job will read any more: checks of files, and uploads whose import was lost."""

import logging
from pathlib import Path

from sqlite_utils import Database

from hitl.adapters.uploads import list_stale, remove_path
from hitl.domain.errors import HitlError
from hitl.domain.logs import tell
from hitl.loop.interrupted import find_interrupted
from hitl.store.connection import list_slugs, open_project, project_folder
from hitl.store.job_moves import files_of_live_jobs

_LOGGER = logging.getLogger("tandem.worker")


def list_left_files(data_dir: Path, tandem: Database) -> list[Path]:
    """What has lain in ``checks`` and in the projects' ``uploads`` for a day, and no job or interrupted import names.

    Changes nothing.
    """
    live = files_of_live_jobs(tandem)
    left = [one for one in list_stale(data_dir / "checks") if not any(Path(path).parent == one for path in live)]
    for slug in list_slugs(data_dir):
        stale = [one for one in list_stale(project_folder(data_dir, slug) / "uploads") if str(one) not in live]
        if stale:
            waiting = _files_that_wait(data_dir, tandem, slug)
            left += [one for one in stale if str(one) not in waiting]
    return left


def remove_left_files(data_dir: Path, tandem: Database) -> None:
    """Remove them; what can't be looked into stays.

    Writes: removes files in ``checks`` and in the project folders' ``uploads``.
    """
    try:
        left = list_left_files(data_dir, tandem)
    except HitlError as error:
        tell(_LOGGER, "left_files_not_listed", level=logging.WARNING, error=error)
        return
    for path in left:
        remove_path(path)
        tell(_LOGGER, "left_file_removed", folder=path.parent)


def _files_that_wait(data_dir: Path, tandem: Database, slug: str) -> set[str]:
    """The files of imports that a person may let go on."""
    db = open_project(data_dir, slug)
    try:
        return {str(one.job.args.get("path", "")) for one in find_interrupted(db, tandem, slug=slug) if one.job}
    finally:
        db.conn.close()
