"""What is inside a gzip or zip file, as a stream within limits; nothing is written under a name from inside."""

import gzip
import io
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO, cast

from hitl.adapters.readers.table import quote_names
from hitl.domain.errors import BadInput, StoreUnusable
from hitl.domain.language import _

UNPACKED_LIMIT = 8 << 30
RATIO_LIMIT = 200
RATIO_FREE_BYTES = 64 << 20
"""Below this size no ratio is too high: a small file of equal rows packs very well."""
SPOOL_LIMIT = 2 << 30

_BUFFER_BYTES = 1 << 18
DAMAGED = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError)
_HIDDEN = ("__MACOSX", ".")
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")


class ManyFiles(BadInput):
    """A zip holds several data files and none was chosen."""

    def __init__(self, message: str, members: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.members = members


@dataclass(frozen=True)
class Content:
    """A file inside, or the file itself; ``packing`` is "gzip", "zip" or empty, ``members`` what a zip offers."""

    stream: BinaryIO
    name: str
    packing: str = ""
    members: tuple[str, ...] = ()
    member: str | None = None


def unpack_gzip(stream: BinaryIO, *, name: str) -> Content:
    """The content of a gzip file."""
    stream.seek(0)
    bare = name[:-3] if name.lower().endswith(".gz") else name
    return Content(_guarded(cast("IO[bytes]", gzip.GzipFile(fileobj=stream)), size_of(stream), name), bare, "gzip")


def unpack_zip(
    archive: zipfile.ZipFile, *, name: str, member: str | None, offered: tuple[str, ...] | None = None
) -> Content:
    """The one data file of a zip, the one table among others, or the member chosen; ``offered`` are those that count.

    Raises
    ------
    BadInput
        There is none, there are several and none was chosen, or it is locked.
    """
    members = offered or tuple(info.filename for info in archive.infolist() if is_data(info))
    if not members:
        raise BadInput(_("{name} holds no file. Put one data file into it.").format(name=name))
    tables = [one for one in members if one.lower().endswith(_TABLE_SUFFIXES)]
    if member is None and len(members) > 1 and len(tables) != 1:
        raise ManyFiles(
            _("{name} holds {members_count:,} files: {members}. Choose one of them.").format(
                name=name, members_count=len(members), members=quote_names(members)
            ),
            members,
        )
    chosen = member if member is not None else (tables or members)[0]
    if chosen not in members:
        raise BadInput(
            _("{name} holds no file '{chosen}'. It holds {members}.").format(
                name=name, chosen=chosen, members=quote_names(members)
            )
        )
    try:
        info = archive.getinfo(chosen)
        inner = archive.open(info)
    except DAMAGED as error:
        raise _complaint(name, error) from None
    stream = _guarded(inner, max(info.compress_size, 1), name)
    return Content(stream, PurePosixPath(chosen.replace("\\", "/")).name, "zip", members, chosen)


def spool(content: Content) -> BinaryIO:
    """The content as a temporary file, for formats that are read from their end; raises as ``copy_within_limit``."""
    file = TemporaryFile()  # noqa: SIM115  its reader outlives this function; it vanishes with the last reference
    copy_within_limit(content.stream, file, name=content.name)
    file.seek(0)
    return cast("BinaryIO", file)


def copy_within_limit(stream: BinaryIO, file: IO[bytes], *, name: str) -> None:
    """Copy a stream, from its beginning, into a temporary file.

    Raises
    ------
    BadInput
        It is too large.
    StoreUnusable
        There is no room for it.
    """
    stream.seek(0)
    try:
        shutil.copyfileobj(stream, _Capped(file, name), _BUFFER_BYTES)
        file.flush()
    except OSError as error:
        raise StoreUnusable(
            _("{name} can't be unpacked ({strerror}). Make room, then retry.").format(
                name=name, strerror=error.strerror or error
            )
        ) from error


def size_of(stream: BinaryIO) -> int:
    """The stream's size in bytes; it is left at its beginning."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return size


class _Capped:
    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file = file
        self._name = name
        self._written = 0

    def write(self, data: bytes) -> int:
        self._written += len(data)
        if self._written > SPOOL_LIMIT:
            raise BadInput(
                _("{name} is larger than {spool_limit} GB. Split it, or save it as CSV.").format(
                    name=self._name, spool_limit=SPOOL_LIMIT >> 30
                )
            )
        return self._file.write(data)


class _Guarded(io.RawIOBase):
    """Unpacked bytes, whose damage and size beyond the limits are errors of ours."""

    def __init__(self, inner: IO[bytes], packed_size: int, name: str) -> None:
        self._inner = inner
        self._packed_size = packed_size
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._inner.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        try:
            return self._inner.seek(offset, whence)
        except DAMAGED as error:
            raise _complaint(self._name, error) from None

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        try:
            data = self._inner.read(len(view))
        except DAMAGED as error:
            raise _complaint(self._name, error) from None
        self._check_size(self._inner.tell())
        view[: len(data)] = data
        return len(data)

    def _check_size(self, unpacked: int) -> None:
        if unpacked > UNPACKED_LIMIT:
            raise BadInput(
                _("{name} unpacks to more than {unpacked_limit} GB. Split it into several files.").format(
                    name=self._name, unpacked_limit=UNPACKED_LIMIT >> 30
                )
            )
        if unpacked > RATIO_FREE_BYTES and unpacked > RATIO_LIMIT * self._packed_size:
            raise BadInput(
                _(
                    "{name} unpacks to more than {ratio_limit} times its size, as no real table does. If it "
                    "is one, import it unpacked."
                ).format(name=self._name, ratio_limit=RATIO_LIMIT)
            )


def _guarded(inner: IO[bytes], packed_size: int, name: str) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Guarded(inner, packed_size, name), _BUFFER_BYTES))


def is_data(info: zipfile.ZipInfo) -> bool:
    """Whether a member of a zip is a file that a person put there, not one that a system hides."""
    parts = [part for part in PurePosixPath(info.filename).parts if part not in {".", ".."}]
    return not info.is_dir() and not any(part.startswith(_HIDDEN) for part in parts)


def is_locked(error: Exception) -> bool:
    """Whether unpacking failed for want of a password."""
    return "password" in str(error) or "encrypted" in str(error)


def _complaint(name: str, error: Exception) -> BadInput:
    if is_locked(error):
        return BadInput(_("{name} is locked with a password. Unlock it and try again.").format(name=name))
    if isinstance(error, NotImplementedError):
        return BadInput(
            _("{name} is packed in a way that can't be unpacked here. Unpack it, and import what is inside.").format(
                name=name
            )
        )
    if isinstance(error, EOFError):
        return BadInput(_("{name} breaks off: it is not whole. Copy or download it again.").format(name=name))
    return BadInput(_("{name} is damaged and can't be unpacked. Copy or download it again.").format(name=name))
