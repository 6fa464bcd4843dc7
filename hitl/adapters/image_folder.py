"""Images in a project's folder, each named by the SHA-256 of the file that was handed in.

images/ab/ab12….jpg          as it is kept
images/ab/ab12….small.jpg    its thumbnail, where the image is large

The name is the hash of what came in and not of what is kept: another version of the image library may write other
bytes for the same picture, and the same file must stay the same image then.
"""

import os
import stat
import uuid
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from hitl.adapters.image_files import Picture
from hitl.domain.errors import NotFound, StoreUnusable
from hitl.domain.images import KINDS, is_image_hash
from hitl.domain.language import _

FOLDER = "images"
_SMALL = ".small"
_SYNC_THREADS = 16


def image_path(folder: Path, sha256: str, kind: str) -> Path:
    """Where the image of that hash lies in the project's folder, whether it exists or not.

    Raises
    ------
    NotFound
        It is no hash, or no kind that images are kept in.
    """
    if not is_image_hash(sha256) or kind not in KINDS:
        raise NotFound(_("There is no such image."))
    return folder / kept_place(sha256, kind)


def kept_place(sha256: str, kind: str) -> str:
    """The path of an image from the project's folder on; its name is the hash of the file that was handed in."""
    return f"{FOLDER}/{sha256[:2]}/{sha256}.{kind}"


def find_kept(folder: Path, sha256: str) -> str | None:
    """The kind of the image of that hash, which is kept already; None when it is not.

    Its age begins anew, so that nobody takes it for left over.
    """
    for kind in KINDS:
        path = image_path(folder, sha256, kind)
        with suppress(OSError):
            if _is_own(path):
                os.utime(path)
                return kind
    return None


def keep_images(folder: Path, pictures: Mapping[str, Picture]) -> None:
    """Keep images by their hashes, safe against a crash when this returns; a file of that name is always a whole one.

    Raises
    ------
    StoreUnusable
        The folder can't be written or the disk is full.
    """
    if not pictures:
        return
    staged: dict[Path, Path] = {}
    try:
        for sha256, picture in pictures.items():
            path = image_path(folder, sha256, picture.kind)
            path.parent.mkdir(parents=True, exist_ok=True)
            if picture.small is not None:
                staged[_stage(path.parent, picture.small)] = _small_path(path)
            staged[_stage(path.parent, picture.data)] = path
        _sync(staged)
        for staging, path in staged.items():
            staging.replace(path)
        _sync([*{path.parent for path in staged.values()}, folder / FOLDER, folder])
    except OSError as error:
        raise StoreUnusable(
            _("An image can't be kept in {folder} ({strerror}). Make room or mend its rights, then retry.").format(
                folder=folder, strerror=error.strerror or error
            )
        ) from error
    finally:
        for staging in staged:
            staging.unlink(missing_ok=True)


def read_image(folder: Path, sha256: str, kind: str, *, small: bool = False) -> bytes:
    """The bytes of a kept image, or of its thumbnail where it has one; a link to another place is no image.

    Raises
    ------
    NotFound
        The image is missing.
    """
    path = image_path(folder, sha256, kind)
    for candidate in (_small_path(path), path) if small else (path,):
        with suppress(FileNotFoundError, NotADirectoryError):
            if _is_own(candidate):
                return candidate.read_bytes()
    raise NotFound(_("The image is missing from the project's folder. Restore it from a back-up, or import it again."))


def is_whole(folder: Path, sha256: str, kind: str) -> bool:
    """Whether an image is there and not empty."""
    path = image_path(folder, sha256, kind)
    try:
        return _is_own(path) and path.stat().st_size > 0
    except OSError:
        return False


def list_kept(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file among the images with the hash it stands for."""
    for path in sorted((folder / FOLDER).glob("??/[!.]*")):
        yield path.name[:64], path


def remove_left_over(paths: Iterable[Path]) -> None:
    """Remove files that no item uses."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _is_own(path: Path) -> bool:
    """Whether a file and the folders of the images around it lie where they seem to: none of them is a link.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    return stat.S_ISREG(path.lstat().st_mode) and not (path.parent.is_symlink() or path.parent.parent.is_symlink())


def _small_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}{_SMALL}{path.suffix}")


def _stage(folder: Path, data: bytes) -> Path:
    staging = folder / f".{uuid.uuid4().hex}.part"
    with staging.open("xb") as file:
        staging.chmod(0o600)
        file.write(data)
    return staging


def _sync(paths: Iterable[Path]) -> None:
    """Bring files and folders to the disk; many at once, because the disk then writes its journal once for all."""
    with ThreadPoolExecutor(_SYNC_THREADS) as pool:
        list(pool.map(_sync_one, paths))


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
