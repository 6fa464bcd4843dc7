"""What images look like to a model, computed once an image and kept in the project's folder; may be removed any time.

A file of records, each the hash of an image and its features, appended in whole batches: a record that was cut off by
the end of its process is cut away by the next one that writes, and what stands before it counts.
"""

import fcntl
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.adapters.image_files import read_pixels
from hitl.adapters.image_folder import read_image
from hitl.domain.errors import StoreUnusable
from hitl.domain.fields import Field, Role
from hitl.domain.images import ImageRef
from hitl.domain.language import _

FOLDER = "arrays"
BATCH_IMAGES = 128
_HASH_BYTES = 32

Describe = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


class ImageFeatures:
    """The features of a project's images.

    Parameters
    ----------
    folder : Path
        The project's.
    recipe : str
        Names the way in which ``describe`` describes images.
    feature_count : int
    describe : callable
        Pixels of some images, shape (n_images, side, side, 3), to their features, shape (n_images, feature_count).
    """

    def __init__(self, folder: Path, *, recipe: str, feature_count: int, describe: Describe) -> None:
        self._folder = folder
        self._path = folder / FOLDER / _file_name(recipe)
        self._describe = describe
        self._record = _record_of(feature_count)
        self._refresh()

    def fill(
        self,
        rows: Sequence[Mapping[str, Any]],
        fields: Sequence[Field],
        *,
        tick: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
    ) -> list[Mapping[str, Any]]:
        """Field values of items with features in place of image references; what is not an image stays as it is.

        Parameters
        ----------
        tick : callable (done, total)
            Told how many of the images that had no features yet are described; may raise to stop.

        Raises
        ------
        NotFound, UnfitImage
            An image is missing or damaged.
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        names = [field.name for field in fields if field.role is Role.IMAGE]
        if not names:
            return list(rows)
        found = [{name: ImageRef.parse(row.get(name)) for name in names} for row in rows]
        images = {image.sha256: image for refs in found for image in refs.values() if image is not None}
        self._add([images[sha256] for sha256 in images if self._place(sha256) is None], tick)
        return [
            {**row, **{name: image and self._features(image.sha256) for name, image in refs.items()}}
            for row, refs in zip(rows, found, strict=True)
        ]

    def _add(self, missing: Sequence[ImageRef], tick: Callable[[int, int], None]) -> None:
        todo = iter(missing)
        done = 0
        while batch := list(islice(todo, BATCH_IMAGES)):
            pixels = np.stack([read_pixels(read_image(self._folder, one.sha256, one.kind)) for one in batch])
            records = np.empty(len(batch), dtype=self._record)
            records["sha256"] = [_key(one.sha256) for one in batch]
            records["features"] = self._describe(pixels)
            self._append(records.tobytes())
            done += len(batch)
            tick(done, len(missing))
        if missing:
            self._refresh()

    def _append(self, data: bytes) -> None:
        try:
            self._path.parent.mkdir(exist_ok=True)
            with _locked(self._path) as file:
                end = os.fstat(file).st_size
                os.ftruncate(file, end - end % self._record.itemsize)
                os.lseek(file, 0, os.SEEK_END)
                view = memoryview(data)
                while view:
                    view = view[os.write(file, view) :]
        except OSError as error:
            raise _not_written(self._path, error) from error

    def _refresh(self) -> None:
        """Look at the file as it is now; hashes are searched by their first eight bytes."""
        count = self._path.stat().st_size // self._record.itemsize if self._path.exists() else 0
        self._records: NDArray[Any] = (
            np.memmap(self._path, dtype=self._record, mode="r", shape=(count,))
            if count
            else np.empty(0, dtype=self._record)
        )
        starts = self._records["sha256"][:, 0]
        self._order = np.argsort(starts, kind="stable")
        self._starts = starts[self._order]

    def _place(self, sha256: str) -> int | None:
        key = _key(sha256)
        at = int(np.searchsorted(self._starts, key[0]))
        while at < len(self._starts) and self._starts[at] == key[0]:
            row = int(self._order[at])
            if np.array_equal(self._records["sha256"][row], key):
                return row
            at += 1
        return None

    def _features(self, sha256: str) -> NDArray[np.float32]:
        return np.asarray(self._records["features"][self._place(sha256)], dtype=np.float32)


def erase_features(folder: Path, hashes: Collection[str], *, recipe: str, feature_count: int) -> None:
    """The records of some images are noughts; files of other recipes, which nobody reads, are gone.

    Raises
    ------
    StoreUnusable
        The file can't be written.
    """
    size = _record_of(feature_count).itemsize
    for path in (folder / FOLDER).glob("images-*.f2"):
        try:
            if path.name == _file_name(recipe):
                _write_noughts(path, {bytes.fromhex(sha256) for sha256 in hashes}, size)
            else:
                path.unlink()
        except OSError as error:
            raise _not_written(path, error) from error


def _write_noughts(path: Path, wanted: Collection[bytes], size: int) -> None:
    with _locked(path) as file:
        for place in range(0, os.fstat(file).st_size, size):
            if os.pread(file, _HASH_BYTES, place) in wanted:
                os.pwrite(file, bytes(size), place)
        os.fsync(file)


def _file_name(recipe: str) -> str:
    return f"images-{recipe}.f2"


def _record_of(feature_count: int) -> "np.dtype[Any]":
    return np.dtype([("sha256", "u8", (4,)), ("features", "<f2", (feature_count,))])


def _not_written(path: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        _("{path} can't be written ({strerror}). Make room or mend its rights, then retry.").format(
            path=path, strerror=error.strerror or error
        )
    )


def _key(sha256: str) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(sha256), dtype=np.uint64)


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open for appending by one process at a time."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
