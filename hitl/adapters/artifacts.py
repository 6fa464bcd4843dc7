"""Model files in a folder, each named by the SHA-256 of its bytes."""

import hashlib
import os
import uuid
from contextlib import suppress
from pathlib import Path

from hitl.domain.errors import NotFound, StoreUnusable, UntrustedModelFile
from hitl.domain.language import _

_SUFFIX = ".skops"


def artifact_path(folder: Path, sha256: str) -> Path:
    """Where the model file of that hash lies, whether it exists or not."""
    return folder / f"{sha256}{_SUFFIX}"


def write_artifact(folder: Path, data: bytes) -> str:
    """The SHA-256 under which the bytes now lie in the folder, safe against a crash.

    Writing the same bytes again changes nothing.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    staging = folder / f".{uuid.uuid4().hex}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_synced(staging, data)
        staging.replace(artifact_path(folder, sha256))
        _sync_folder(folder)
    except OSError as error:
        raise StoreUnusable(
            _(
                "The model file can't be written ({strerror}). Make room or mend the rights of the project's folder "
                "'artifacts', then retry."
            ).format(strerror=error.strerror)
        ) from error
    finally:
        with suppress(OSError):
            staging.unlink()
    return sha256


def read_artifact(folder: Path, sha256: str) -> bytes:
    """The bytes of a model file, after its hash was compared with its name.

    Raises
    ------
    NotFound
        The file is missing.
    UntrustedModelFile
        Its bytes are not the ones that were written.
    StoreUnusable
        It can't be read.
    """
    path = artifact_path(folder, sha256)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            _(
                "The model file {name} is missing from the project's folder 'artifacts'. Restore it from a copy, or "
                "train again."
            ).format(name=path.name)
        ) from None
    except OSError as error:
        raise StoreUnusable(
            _("The model file {name} can't be read ({strerror}). Mend it, or train again.").format(
                name=path.name, strerror=error.strerror
            )
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise UntrustedModelFile(
            _(
                "The model file {name} was changed after it was written (its SHA-256 is now {found}…). "
                "It is not loaded: restore it from a copy, or train again."
            ).format(name=path.name, found=found[:12])
        )
    return data


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
