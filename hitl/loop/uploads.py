"""Uploads: a file that a person hands in is kept in its project until the import has ended."""

from collections.abc import Iterable
from pathlib import Path

from hitl.access import require
from hitl.adapters.uploads import save_in_own_folder, save_upload
from hitl.domain.people import Actor, Permission
from hitl.store.connection import project_folder


def keep_upload(data_dir: Path, *, slug: str, name: str, chunks: Iterable[bytes], actor: Actor) -> Path:
    """The file into which the chunks were written; it appears whole or not at all.

    Writes: a file in the project folder's ``uploads``.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    require(actor, Permission.IMPORT)
    return save_upload(project_folder(data_dir, slug) / "uploads", name, chunks)


def keep_for_check(data_dir: Path, *, name: str, chunks: Iterable[bytes], actor: Actor) -> Path:
    """The file into which the chunks were written, for a check in the background; its folder goes after a day.

    Writes: a folder in ``checks``.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    require(actor, Permission.IMPORT)
    return save_in_own_folder(data_dir / "checks", name, chunks)


def drop_upload(path: Path, *, actor: Actor) -> None:
    """Remove a kept file that no import will read.

    Writes: removes the file.
    """
    require(actor, Permission.IMPORT)
    path.unlink(missing_ok=True)
