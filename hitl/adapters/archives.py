"""One file that holds many: a ZIP whose manifest names every member with its size and SHA-256.

Members are stored as they are, never packed: what a file would unpack to is then never more than the file itself.
A reader trusts nothing: members, paths, sizes and hashes are compared with the manifest before a byte is used.
Databases are copied by a process of their own (`raw_copies`) and hashed as they are read back from the file.
"""

import hashlib
import importlib.metadata
import json
import math
import os
import re
import shutil
import stat
import struct
import zipfile
from collections.abc import Container, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, BinaryIO

from hitl import __version__
from hitl.adapters.raw_copies import RawCopier, raw_copier
from hitl.domain.errors import BadInput, NotFound, StoreUnusable
from hitl.domain.language import _

FORMAT = 1
MANIFEST = "manifest.json"
MOST_MANIFEST_BYTES = 64_000_000
MOST_PATH_CHARACTERS = 240
_CHUNK_BYTES = 1 << 20
_SEGMENT = re.compile(r"[^\x00-\x1f\x7f/\\:.][^\x00-\x1f\x7f/\\:]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_PRIVATE_FILE = (stat.S_IFREG | 0o600) << 16
_GARBLED = (EOFError, LookupError, NotImplementedError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile)


@dataclass(frozen=True)
class Member:
    """A file inside: its path there, its size in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes
    ----------
    kind : str
        What it is a file of, for example ``tandem-backup``.
    made_at : str
        UTC.
    about : mapping of str to str
        Names, and the versions of the software that wrote it.
    members : tuple of Member
        Every file inside but the manifest.
    """

    kind: str
    made_at: str
    about: Mapping[str, str]
    members: tuple[Member, ...]


def write_archive(
    path: Path,
    files: Mapping[str, Path],
    *,
    databases: Mapping[str, AbstractContextManager[Path]] | None = None,
    kind: str,
    made_at: str,
    about: Mapping[str, str],
) -> Manifest:
    """What was written: a new archive at ``path`` with the files under the names given, safe against a crash.

    Parameters
    ----------
    databases : mapping of str to context manager, optional
        Each gives the path of a database file that does not change while it is entered; never opened in this process.
        They are copied in this order, one after the other.

    Raises
    ------
    BadInput
        A name can't be a member's, for example because it begins with a dot.
    StoreUnusable
        A file can't be read, or the disk is full.
    """
    with _told_as_unusable(path), path.open("x+b") as file, ExitStack() as helpers:
        path.chmod(0o600)
        copier = helpers.enter_context(raw_copier(file)) if databases else None
        with zipfile.ZipFile(file, "w", compression=zipfile.ZIP_STORED) as archive:
            members = [_add(archive, name, source) for name, source in sorted(files.items())]
            for name, held in (databases or {}).items():
                with held as source:
                    members.append(_add_database(archive, file, name, source, copier))
            manifest = Manifest(kind, made_at, {**about, **_versions_here()}, tuple(members))
            archive.writestr(_entry(MANIFEST), json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def read_manifest(path: Path, *, kind: str) -> Manifest:
    """What the archive says of itself; its members are not looked at.

    Raises
    ------
    BadInput
        It is no archive of that kind.
    """
    with _told_as_unusable(path), _opened(path) as archive:
        return _checked_manifest(archive, path, kind)


def read_back_files(path: Path, *, kind: str, besides: Container[str]) -> Manifest:
    """What the archive says it holds, after every file in it was read back but those ``besides``.

    Raises
    ------
    BadInput
        It is no archive of that kind, or a member differs from its hash.
    """
    with _told_as_unusable(path), _opened(path) as archive:
        manifest = _checked_manifest(archive, path, kind)
        for member in manifest.members:
            if member.path not in besides:
                with archive.open(member.path) as source:
                    _compare(member, _digest(source), path)
    return manifest


def extract_archive(path: Path, folder: Path, *, kind: str) -> Manifest:
    """What was read: every member of the archive, now in the folder, each compared with its hash.

    Raises
    ------
    NotFound
        There is no such file.
    BadInput
        It is no archive of that kind, it is damaged, or it holds what Tandem doesn't write; the message says what.
    StoreUnusable
        The disk is full, or the folder can't be written.
    """
    with _told_as_unusable(folder), _opened(path) as archive:
        manifest = _checked_manifest(archive, path, kind)
        _check_room(folder, sum(member.size for member in manifest.members))
        for member in manifest.members:
            _extract(archive, member, folder, path)
    return manifest


def publish_file(staging: Path, path: Path) -> None:
    """The finished file, under its own name from one moment to the next; a file of that name is never replaced.

    Raises
    ------
    BadInput
        A file of that name exists.
    StoreUnusable
        The folder can't be written.
    """
    with _told_as_unusable(path):
        try:
            os.link(staging, path)
        except FileExistsError:
            raise BadInput(
                _("{path} exists already and is left as it is. Name another file.").format(path=path)
            ) from None
        staging.unlink()
        sync_folder(path.parent)


def sync_files(folder: Path) -> None:
    """All files and names in the folder and below, safe against a crash.

    Raises
    ------
    StoreUnusable
        The disk is full.
    """
    with _told_as_unusable(folder):
        for path in [folder, *folder.rglob("*")]:
            sync_folder(path)


def sync_folder(folder: Path) -> None:
    """The names in the folder, safe against a crash; of a file, its bytes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _versions_here() -> dict[str, str]:
    """What wrote the file; a model file fits one minor version of scikit-learn."""
    names = ("scikit-learn", "sqlite-utils")
    return {"tandem": __version__, **{name: importlib.metadata.version(name) for name in names}}


def _add(archive: zipfile.ZipFile, name: str, source: Path) -> Member:
    if not _is_safe(name):
        raise BadInput(
            _("The file {source} can't be kept under the name '{name}'. Rename it, or move it away.").format(
                source=source, name=name
            )
        )
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file, archive.open(_entry(name), "w", force_zip64=True) as target:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            target.write(chunk)
    return Member(name, size, digest.hexdigest())


def _add_database(
    archive: zipfile.ZipFile, file: BinaryIO, name: str, source: Path, copier: RawCopier | None
) -> Member:
    """Room for a header, the bytes behind it, then the header: their CRC is known last."""
    if copier is None or not _is_safe(name):
        raise BadInput(
            _("The database {source} can't be kept under the name '{name}'. Rename its folder.").format(
                source=source, name=name
            )
        )
    entry = _entry(name)
    entry.header_offset, entry.CRC = archive.start_dir, 0
    begin = archive.start_dir + len(entry.FileHeader(zip64=True))
    copied = copier.copy(source, begin=begin)
    entry.CRC, entry.file_size, entry.compress_size = copied.crc, copied.size, copied.size
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(zip64=True))
    archive.filelist.append(entry)
    archive.NameToInfo[name] = entry
    archive.start_dir = begin + copied.size
    return Member(name, copied.size, copied.sha256)


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = _PRIVATE_FILE
    entry.create_system = 3  # Unix, whose rights these are
    return entry


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise NotFound(_("There is no file {path}. Check the path.").format(path=path))
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _GARBLED as error:
        raise BadInput(
            _("{name} is no file that Tandem wrote, or it is damaged ({error}). Use another copy of it.").format(
                name=path.name, error=error
            )
        ) from error


def _checked_manifest(archive: zipfile.ZipFile, path: Path, kind: str) -> Manifest:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if MANIFEST not in entries or entries[MANIFEST].file_size > MOST_MANIFEST_BYTES:
        raise _refused(path, _("it has no list of its contents"), _("Choose a file that Tandem wrote."))
    manifest = _parsed(archive.read(MANIFEST), path)
    if manifest.kind != kind:
        raise _refused(
            path,
            _("it is a '{found}' where a '{needed}' is needed").format(found=manifest.kind, needed=kind),
            _("Choose another file."),
        )
    if len(entries) != len(archive.infolist()) or sorted(entries) != sorted(
        [MANIFEST, *(member.path for member in manifest.members)]
    ):
        raise _refused(path, _("what is in it differs from the list of its contents"), _("Use another copy of it."))
    if len({name.casefold() for name in entries}) != len(entries):
        raise _refused(path, _("two names in it differ by capital letters alone"), _("Use another copy of it."))
    for member in manifest.members:
        _check_entry(entries[member.path], member, path)
    if sum(member.size for member in manifest.members) > path.stat().st_size:
        raise _refused(path, _("it would unpack to more than it holds"), _("Use another copy of it."))
    return manifest


def _parsed(data: bytes, path: Path) -> Manifest:
    content = json.loads(data)
    try:
        if content["format"] != FORMAT:
            raise _refused(
                path,
                _("its format is {found}, this Tandem reads {known}").format(found=content["format"], known=FORMAT),
                _("Update Tandem."),
            )
        members = tuple(Member(str(one["path"]), int(one["size"]), str(one["sha256"])) for one in content["members"])
        about = {str(name): str(text) for name, text in content["about"].items()}
        return Manifest(str(content["kind"]), str(content["made_at"]), about, members)
    except (AttributeError, LookupError, TypeError) as error:
        raise _refused(path, _("the list of its contents can't be read"), _("Use another copy of it.")) from error


def _check_entry(entry: zipfile.ZipInfo, member: Member, path: Path) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if not _is_safe(member.path):
        raise _refused(
            path,
            _("the name '{path}' in it leads out of its folder").format(path=member.path),
            _("Don't use this file."),
        )
    if kind not in {0, stat.S_IFREG}:
        raise _refused(
            path, _("'{path}' in it is a link or a device").format(path=member.path), _("Don't use this file.")
        )
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
        raise _refused(
            path,
            _("'{path}' in it is packed as Tandem never does").format(path=member.path),
            _("Use the file as it was written."),
        )
    if entry.file_size != member.size:
        raise _refused(
            path,
            _("'{path}' in it has another size than it was written with").format(path=member.path),
            _("Use another copy."),
        )


def _is_safe(name: str) -> bool:
    """Whether the path stays in its folder, and hides nothing: no '..', no leading dot, no drive, no backslash."""
    return len(name) <= MOST_PATH_CHARACTERS and all(_SEGMENT.fullmatch(segment) for segment in name.split("/"))


def _extract(archive: zipfile.ZipFile, member: Member, folder: Path, path: Path) -> None:
    target = folder / member.path
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(member.path) as source, target.open("xb") as file:
        target.chmod(0o600)
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
    _compare(member, digest.hexdigest(), path)


def _compare(member: Member, sha256: str, path: Path) -> None:
    if sha256 != member.sha256:
        raise _refused(
            path,
            _("'{path}' in it was changed after it was written").format(path=member.path),
            _("Use another copy of it."),
        )


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size:
        raise StoreUnusable(
            _("It needs {size:,} MB, but the disk of {folder} has {free:,} MB free. Make room, then try again.").format(
                size=math.ceil(size / 1_000_000), folder=_seen_folder(folder), free=free // 1_000_000
            )
        )


def _seen_folder(folder: Path) -> Path:
    """The folder, or the first above it that people see."""
    return next(one for one in (folder, *folder.parents) if not any(part.startswith(".") for part in one.parts))


def _refused(path: Path, found: str, remedy: str) -> BadInput:
    return BadInput(_("{name} is refused: {found}. {remedy}").format(name=path.name, found=found, remedy=remedy))


@contextmanager
def _told_as_unusable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            _("{path} can't be written or read ({strerror}). Make room or mend its rights, then retry.").format(
                path=path, strerror=error.strerror or error
            )
        ) from error
