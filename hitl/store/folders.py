"""A project's folder as a whole: archived, brought back, taken away. Each step is one rename.

data/projects/<slug>/             in use
data/archived/projects/<slug>/    archived: a data folder of its own, which no page and no verb opens
data/projects/.deleting-<slug>-…  deleted; what is left of it is removed
"""

import shutil
import time
import uuid
from pathlib import Path

from hitl.domain.errors import Conflict, StoreUnusable
from hitl.domain.language import _
from hitl.store.connection import list_slugs, no_project, project_folder

ARCHIVED = "archived:"
"""What the jobs and members of an archived project stand under, before its short name."""

_DELETING = ".deleting-"
_TOKEN_LENGTH = 33
_STALE_SECONDS = 86_400


def archive_dir(data_dir: Path) -> Path:
    """The data folder of the archived projects."""
    return data_dir / "archived"


def list_archived(data_dir: Path) -> list[str]:
    """The short names of the archived projects, sorted."""
    return list_slugs(archive_dir(data_dir))


def require_project(data_dir: Path, slug: str) -> Path:
    """The folder of a project that exists.

    Raises
    ------
    NotFound
        There is none of that name.
    """
    folder = project_folder(data_dir, slug)
    if (folder / "project.db").exists():
        return folder
    raise no_project(slug)


def move_project(folder: Path, target: Path) -> None:
    """The project, at once and whole, at its new place.

    Raises
    ------
    Conflict
        A project is there already.
    StoreUnusable
        The folder can't be written.
    """
    if target.exists():
        raise Conflict(_("A project '{name}' exists already. Choose another short name.").format(name=target.name))
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.rename(target)
    except OSError as error:
        raise StoreUnusable(
            _("{folder} can't be moved ({strerror}). Nothing was changed: mend the rights, then try again.").format(
                folder=folder, strerror=error.strerror
            )
        ) from error


def take_away(folder: Path) -> Path:
    """Where the project lies after it has left the projects, at once and whole; nothing shows it any more."""
    removed = folder.with_name(f"{_DELETING}{folder.name}-{uuid.uuid4().hex}")
    move_project(folder, removed)
    return removed


def taken_away(data_dir: Path) -> dict[Path, str]:
    """What deletions left that were cut off, with the short name each had."""
    left = (data_dir / "projects").glob(f"{_DELETING}*")
    return {path: path.name.removeprefix(_DELETING)[:-_TOKEN_LENGTH] for path in left}


def remove_folder(folder: Path) -> None:
    """The folder is gone, with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def make_private_folder(folder: Path) -> None:
    """A new folder that only its owner may look into.

    Raises
    ------
    StoreUnusable
        It can't be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise StoreUnusable(
            _("{folder} can't be made ({strerror}). Choose a folder you may write to.").format(
                folder=folder, strerror=error.strerror
            )
        ) from error


def make_part_folder(parent: Path) -> Path:
    """A new private folder beside a file that is being made; what such work left a day ago or longer is removed."""
    for left in parent.glob(".tandem-*.part"):
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            remove_folder(left)
    folder = parent / f".tandem-{uuid.uuid4().hex}.part"
    make_private_folder(folder)
    return folder
