"""Images that rows name: the cell's path becomes a reference, or the row a reject that says why."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

from hitl.adapters.image_files import Picture, UnfitImage, kept_kind, make_picture
from hitl.adapters.image_folder import find_kept, keep_images
from hitl.domain.fields import Field, Role
from hitl.domain.images import ImageRef
from hitl.domain.rows import Reject, Row, reject_row

_MOST_WAITING_BYTES = 64 << 20
_Made = TypeVar("_Made")


class Images(Protocol):
    """Image files by the cells that name them; raises ``UnfitImage`` for a cell that names none."""

    def read(self, cell: str) -> tuple[str, bytes]:
        """The path that a cell names, and the bytes there."""


class ImageKeeper:
    """Keeps the images of one import in a folder.

    Parameters
    ----------
    images : Images
        What the rows may name.
    folder : Path
        The project's.
    fields : iterable of Field
        Those with the role image are looked at; ``has_work`` says whether there is one.
    """

    def __init__(self, images: Images, folder: Path, fields: Iterable[Field]) -> None:
        self._images = images
        self._folder = folder
        self._names = [field.name for field in fields if field.role is Role.IMAGE]
        self.has_work = bool(self._names)
        self._fresh: dict[str, Picture] = {}
        self._waiting_bytes = 0

    def keep(self, rows: Sequence[Row | Reject]) -> list[Row | Reject]:
        """The rows with references in place of paths; every image is safe on the disk when this returns.

        Raises
        ------
        StoreUnusable
            The folder can't be written or the disk is full.
        """
        kept = [self._keep_row(row) if isinstance(row, Row) else row for row in rows]
        self._flush()
        return kept

    def _flush(self) -> None:
        keep_images(self._folder, self._fresh)
        self._fresh.clear()
        self._waiting_bytes = 0

    def _keep_row(self, row: Row) -> Row | Reject:
        return _with_references(row, self._names, self._keep)

    def _keep(self, cell: str) -> ImageRef:
        path, data = self._images.read(cell)
        sha256 = hashlib.sha256(data).hexdigest()
        kind = self._fresh[sha256].kind if sha256 in self._fresh else find_kept(self._folder, sha256)
        if kind is None:
            picture = _told_of(path, make_picture, data)
            self._fresh[sha256] = picture
            kind = picture.kind
            self._waiting_bytes += len(picture.data)
            if self._waiting_bytes > _MOST_WAITING_BYTES:
                self._flush()
        return ImageRef(sha256, kind, path)


def look_at_images(rows: Iterable[Row | Reject], images: Images, names: Sequence[str]) -> Iterator[Row | Reject]:
    """The rows with the references that keeping their images would give; whether an image is whole is not looked at."""

    def look(cell: str) -> ImageRef:
        path, data = images.read(cell)
        return ImageRef(hashlib.sha256(data).hexdigest(), _told_of(path, kept_kind, data), path)

    for row in rows:
        yield _with_references(row, names, look) if isinstance(row, Row) else row


def _with_references(row: Row, names: Sequence[str], refer: Callable[[str], ImageRef]) -> Row | Reject:
    values = dict(row.values)
    for name in names:
        if values.get(name, "").strip():
            try:
                values[name] = refer(values[name]).text
            except UnfitImage as error:
                return reject_row(row, name, str(error))
    return replace(row, values=values)


def _told_of(path: str, make: Callable[[bytes], _Made], data: bytes) -> _Made:
    """What is made of an image's bytes; a refusal names its path."""
    try:
        return make(data)
    except UnfitImage as error:
        raise UnfitImage(f"{path}: {error}") from None
