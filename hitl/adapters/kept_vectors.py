"""Vectors computed once for each content and kept in the project's folder; they may be removed any time.

Two files that grow together, in the same order: keys, the SHA-256 of each content, and vectors as float16. Both are
appended to in whole batches, vectors first. A record that was cut off by the end of its process is cut away by the next
one that writes, and what stands before it counts. A record of noughts was erased.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _

FOLDER = "arrays"
KEYS, VECTORS = ".keys", ".f2"
_KEY_BYTES = 32
_ERASED_AT_ONCE = 4_096
_COMPARED_AT_ONCE = 8_192

Keys = NDArray[np.uint64]
"""Shape (n, 4): the bytes of SHA-256 hashes, a row each."""


class KeptVectors:
    """The vectors of one kind and recipe in a project.

    Parameters
    ----------
    folder : Path
        The project's.
    kind, recipe : str
        What the vectors are of, and how they are computed; both name the files.
    size : int
        How many numbers a vector has.
    """

    def __init__(self, folder: Path, kind: str, recipe: str, *, size: int) -> None:
        self._key_path, self._vector_path = _paths(folder, kind, recipe)
        self._size = size
        self._record_bytes = 2 * size
        self._keys: Keys = np.empty((0, 4), dtype=np.uint64)
        self.refresh()

    def __len__(self) -> int:
        """How many vectors are kept, as of the last look."""
        return len(self._keys)

    def refresh(self) -> None:
        """Look at the files as they are now; keys are searched by their first eight bytes."""
        count = self._count()
        self._keys = _map(self._key_path, np.dtype(np.uint64), (count, 4))
        starts = np.ascontiguousarray(self._keys[:, 0])
        self._order = np.argsort(starts, kind="stable").astype(np.uint32)
        self._starts = starts[self._order]

    def missing(self, keys: Keys) -> NDArray[np.int64]:
        """The places among ``keys`` of those that have no vector, each content once, ascending."""
        places = np.flatnonzero(self._places(keys) < 0)
        if not len(places):
            return places
        _unique, first = np.unique(keys[places], axis=0, return_index=True)
        return np.sort(places[first])

    def take(self, keys: Keys) -> NDArray[np.float32]:
        """The vectors of these contents, shape (n, size); noughts where there is none."""
        taken = np.zeros((len(keys), self._size), dtype=np.float32)
        places = self._places(keys)
        found = np.flatnonzero(places >= 0)
        found = found[np.argsort(places[found], kind="stable")]  # the file is read forwards
        if len(found):  # mapped anew each time: the pages that were read are not this process's for long
            vectors = _map(self._vector_path, np.dtype("<f2"), (len(self), self._size))
            taken[found] = vectors[places[found]]
        return taken

    def places(self, keys: Keys) -> NDArray[np.int64]:
        """Which record each content has, as of the last look; −1 where it has none."""
        return self._places(keys)

    def products(self, others: NDArray[np.float32]) -> NDArray[np.float32]:
        """The dot products of all records with other vectors, (n_others, size): shape (n, n_others).

        The file is read in blocks: of a large one little is in memory at once.
        """
        found = np.empty((len(self), len(others)), dtype=np.float32)
        for begin in range(0, len(self), _COMPARED_AT_ONCE):  # mapped anew for the reason that ``take`` has
            vectors = _map(self._vector_path, np.dtype("<f2"), (len(self), self._size))
            block = vectors[begin : begin + _COMPARED_AT_ONCE]
            found[begin : begin + len(block)] = block.astype(np.float32) @ others.T
        return found

    def append(self, keys: Keys, vectors: NDArray[np.floating[Any]]) -> None:
        """Keep the vectors of these contents, in this order; ``refresh`` brings them into sight.

        Raises
        ------
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        try:
            self._key_path.parent.mkdir(exist_ok=True)
            with _locked(self._key_path) as key_file, _locked(self._vector_path) as vector_file:
                count = self._count()
                _extend(vector_file, count * self._record_bytes, vectors.astype("<f2").tobytes())
                _extend(key_file, count * _KEY_BYTES, np.ascontiguousarray(keys, dtype=np.uint64).tobytes())
        except OSError as error:
            raise _not_written(self._key_path, error) from error

    def erase(self, keys: Keys) -> None:
        """The vectors of these contents are noughts, and so are their keys.

        Raises
        ------
        StoreUnusable
            The files can't be written.
        """
        wanted = np.unique(keys, axis=0)
        self._erase_where(lambda present: _are_among(present, wanted))

    def erase_others(self, keys: Iterable[Keys]) -> None:
        """The vectors of all contents but these are noughts, and so are their keys; ``keys`` come in parts.

        Raises
        ------
        StoreUnusable
            The files can't be written.
        """
        self.refresh()
        is_kept = np.zeros(len(self), dtype=bool)
        for part in keys:
            places = self._places(part)
            is_kept[places[places >= 0]] = True
        others = np.unique(self._keys[~is_kept], axis=0)
        self._erase_where(lambda present: _are_among(present, others))

    def _erase_where(self, is_wanted: Callable[[Keys], NDArray[np.bool_]]) -> None:
        if not (self._key_path.exists() or self._vector_path.exists()):
            return
        try:
            with _locked(self._key_path) as key_file, _locked(self._vector_path) as vector_file:
                count = self._count()
                os.ftruncate(vector_file, count * self._record_bytes)  # nothing is left behind the last key
                os.ftruncate(key_file, count * _KEY_BYTES)
                for begin in range(0, count, _ERASED_AT_ONCE):
                    present = _read_keys(key_file, begin)
                    for row in np.flatnonzero(is_wanted(present)) + begin:  # the key last: until then it is found again
                        os.pwrite(vector_file, bytes(self._record_bytes), int(row) * self._record_bytes)
                        os.pwrite(key_file, bytes(_KEY_BYTES), int(row) * _KEY_BYTES)
                os.fsync(vector_file)
                os.fsync(key_file)
        except OSError as error:
            raise _not_written(self._key_path, error) from error
        self.refresh()

    def _count(self) -> int:
        return _count_records(self._key_path, self._vector_path, self._record_bytes)

    def _places(self, keys: Keys) -> NDArray[np.int64]:
        """The record of each content, −1 where there is none."""
        found = np.full(len(keys), -1, dtype=np.int64)
        at = np.searchsorted(self._starts, keys[:, 0])
        waiting = np.arange(len(keys))
        while True:  # more than once only where two hashes begin alike
            waiting = waiting[at[waiting] < len(self._starts)]
            waiting = waiting[self._starts[at[waiting]] == keys[waiting, 0]]
            if not len(waiting):
                return found
            records = self._order[at[waiting]]
            is_same = (self._keys[records] == keys[waiting]).all(axis=1)
            found[waiting[is_same]] = records[is_same]
            waiting = waiting[~is_same]
            at[waiting] += 1


def count_vectors(folder: Path, kind: str, recipe: str, *, size: int) -> int:
    """How many vectors are kept, without reading them."""
    return _count_records(*_paths(folder, kind, recipe), 2 * size)


def keys_of(hashes: Iterable[bytes]) -> Keys:
    """SHA-256 hashes, 32 bytes each, as keys."""
    return np.frombuffer(b"".join(hashes), dtype=np.uint64).reshape(-1, 4)


def remove_other_recipes(folder: Path, kind: str, recipe: str) -> None:
    """Files of a kind that nobody reads any more, since its vectors are computed in another way, are gone.

    Raises
    ------
    StoreUnusable
        One can't be removed.
    """
    kept = {f"{kind}-{recipe}{suffix}" for suffix in (KEYS, VECTORS)}
    for path in (folder / FOLDER).glob(f"{kind}-*"):
        try:
            if path.name not in kept:
                path.unlink()
        except OSError as error:
            raise _not_written(path, error) from error


def _paths(folder: Path, kind: str, recipe: str) -> tuple[Path, Path]:
    """Where the keys are, and where the vectors."""
    name = f"{kind}-{recipe}"
    return folder / FOLDER / f"{name}{KEYS}", folder / FOLDER / f"{name}{VECTORS}"


def _count_records(key_path: Path, vector_path: Path, record_bytes: int) -> int:
    """How many whole records there are: keys follow their vectors."""
    return min(_size_of(key_path) // _KEY_BYTES, _size_of(vector_path) // record_bytes)


def _are_among(present: Keys, wanted: Keys) -> NDArray[np.bool_]:
    """Which rows stand among others; rows of noughts, which are erased already, do not."""
    rows, others = (np.ascontiguousarray(one).view(f"S{_KEY_BYTES}").ravel() for one in (present, wanted))
    return np.asarray(np.isin(rows, others) & present.any(axis=1))


def _read_keys(file: int, begin: int) -> Keys:
    data = os.pread(file, _ERASED_AT_ONCE * _KEY_BYTES, begin * _KEY_BYTES)
    return np.frombuffer(data, dtype=np.uint64).reshape(-1, 4)


def _extend(file: int, end: int, data: bytes) -> None:
    """Write at the end of what is whole; what was cut off behind it goes."""
    os.ftruncate(file, end)
    os.lseek(file, 0, os.SEEK_END)
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _map(path: Path, dtype: "np.dtype[Any]", shape: tuple[int, ...]) -> NDArray[Any]:
    return np.memmap(path, dtype=dtype, mode="r", shape=shape) if shape[0] else np.empty(shape, dtype=dtype)


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _not_written(path: Path, error: OSError) -> StoreUnusable:
    return StoreUnusable(
        _("{path} can't be written ({strerror}). Make room or mend its rights, then retry.").format(
            path=path, strerror=error.strerror or error
        )
    )


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, open for appending by one process at a time."""
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)
