"""Content that is taken away from a project's folder: images, model files, files handed in, older copies."""

import os
import shutil
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from hitl.adapters.artifacts import artifact_path
from hitl.adapters.image_folder import list_kept
from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _

_COPIES = ("*.before-*", ".upgrading-*")
_UPLOADS = "uploads"


def erase_images(folder: Path, hashes: Collection[str]) -> None:
    """Images and thumbnails of these hashes are gone.

    Raises
    ------
    StoreUnusable
        A file can't be removed.
    """
    if hashes:
        remove_files(path for sha256, path in list_kept(folder) if sha256 in hashes)


def erase_artifacts(folder: Path, hashes: Iterable[str]) -> None:
    """The model files of these hashes are gone. Raises as ``erase_images``."""
    remove_files(artifact_path(folder / "artifacts", sha256) for sha256 in hashes)


def list_uploads(folder: Path, *, before: float) -> list[Path]:
    """Files handed in for an import, whole or not, that were written before a moment, in seconds since 1970."""
    return [path for path in _files(folder / _UPLOADS) if path.stat().st_mtime <= before]


def list_older_copies(folder: Path) -> list[Path]:
    """Copies of a database that were kept when it was brought to a newer schema."""
    return sorted(path for pattern in _COPIES for path in folder.glob(pattern))


def list_checks(data_dir: Path, *, keep: Collection[Path]) -> list[Path]:
    """The folders of checked files but those given, which are about other projects or still needed."""
    kept = {path.resolve() for path in keep}
    return sorted(path for path in (data_dir / "checks").glob("*") if path.resolve() not in kept)


def remove_files(paths: Iterable[Path]) -> None:
    """Files, or folders with all that is in them, are gone.

    Raises
    ------
    StoreUnusable
        One can't be removed.
    """
    for path in paths:
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            sentence = _("{path} can't be removed ({strerror}). Mend its rights; it is tried again by itself.")
            raise StoreUnusable(sentence.format(path=path, strerror=error.strerror or error)) from error


def _files(folder: Path) -> list[Path]:
    found = []
    with suppress(FileNotFoundError):
        found = [Path(entry.path) for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False)]
    return sorted(found)
