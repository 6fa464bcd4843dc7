"""Files that people hand in, kept in the project's folder until their import has ended."""

import hashlib
import os
import re
import shutil
import time
import unicodedata
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_LIMIT = 80
_CHUNK_BYTES = 1 << 20
_STALE_SECONDS = 86_400


@dataclass(frozen=True)
class FileDigest:
    """The size in bytes and the SHA-256 of a file."""

    size: int
    sha256: str


def safe_file_name(name: str) -> str:
    """A name that can't leave its folder or hide, close to the one given.

    >>> safe_file_name("../../étude 1.csv")
    'etude_1.csv'
    """
    plain = unicodedata.normalize("NFKD", name.replace("\\", "/").rsplit("/", 1)[-1])
    ascii_name = plain.encode("ascii", "ignore").decode("ascii")
    return _UNSAFE.sub("_", ascii_name).lstrip("._-")[-_NAME_LIMIT:] or "upload"


def save_upload(folder: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """The file into which the chunks were written, in the folder under a name of its own.

    It appears whole or not at all.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    token = uuid.uuid4().hex
    staging = folder / f".{token}.part"
    path = folder / f"{token}-{safe_file_name(name)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _drop_stale(folder)
        with staging.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(path)
    except OSError as error:
        raise StoreUnusable(
            _("The file can't be kept in {folder} ({strerror}). Make room or mend its rights, then retry.").format(
                folder=folder, strerror=error.strerror or error
            )
        ) from error
    finally:
        with suppress(OSError):
            staging.unlink()
    return path


def save_in_own_folder(parent: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """The file into which the chunks were written, in a new folder of its own; such folders go after a day.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    remove_stale(parent)
    folder = parent / uuid.uuid4().hex
    try:
        return save_upload(folder, name, chunks)
    except StoreUnusable:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def remove_stale(folder: Path) -> None:
    """Remove what has lain in a folder for a day or longer."""
    for path in list_stale(folder):
        remove_path(path)


def remove_path(path: Path) -> None:
    """Remove a file, or a folder with all in it, if that can be done."""
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def list_stale(folder: Path) -> list[Path]:
    """What has lain in a folder for a day or longer, by name."""
    found = []
    for path in sorted(folder.glob("*")):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                found.append(path)
    return found


def digest_file(path: Path) -> FileDigest:
    """The size and SHA-256 of a file, read in pieces."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return FileDigest(size, digest.hexdigest())


def _drop_stale(folder: Path) -> None:
    """Remove what uploads left that were cut off by the end of their process, a day ago or longer."""
    for part in folder.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE_SECONDS:
                part.unlink()
