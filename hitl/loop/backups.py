"""Back-up and restore: everything of a data folder in one file, taken while people work; and the way back.

A back-up has its name only after it was read back; a thorough check then unpacks it as a restore would and looks at
every page and index of its databases. A restored folder appears whole or not at all.
"""

import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from hitl.access import require
from hitl.adapters.archives import (
    Manifest,
    extract_archive,
    publish_file,
    read_back_files,
    sync_files,
    sync_folder,
    write_archive,
)
from hitl.domain.backup_plan import BACKUP_KIND
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, StoreUnusable
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.audit_heads import HEAD_OF, note_heads, read_heads
from hitl.store.connection import list_slugs
from hitl.store.copies import DATABASE, check_copied_database, check_copied_desk, hold_still, list_kept_files
from hitl.store.desk_audit import recorded_on_desk
from hitl.store.folders import archive_dir, make_part_folder, make_private_folder
from hitl.store.job_moves import end_live_jobs

KIND = BACKUP_KIND
SUFFIX = ".backup"
TANDEM = "tandem.db"


class Check(StrEnum):
    """How a back-up is looked through before it has its name.

    Quick: every byte is read back and is the one that was in the database; thorough: unpacked as a restore would, every
    page, index and reference is looked at, which takes several times as long as the copying.
    """

    QUICK = "quick"
    THOROUGH = "thorough"


@dataclass(frozen=True)
class Backup:
    """A finished back-up: where it is, its bytes and projects, how it was checked, which older ones made room."""

    path: Path
    size: int
    project_count: int
    check: Check
    removed: tuple[Path, ...]


@dataclass(frozen=True)
class Restored:
    """What was restored: when the back-up was made, and the projects in it."""

    made_at: str
    slugs: tuple[str, ...]
    archived_slugs: tuple[str, ...]


def back_up(
    data_dir: Path, *, to: Path, keep: int | None = None, check: Check = Check.QUICK, actor: Actor, now: datetime
) -> Backup:
    """One file with all databases as they stood, each at one moment, and all model files; people work on meanwhile.

    Parameters
    ----------
    to : Path
        A name that ends with ``.backup``; or a folder, where the file is named by its time.
    keep : int, optional
        In a folder: so many back-ups stay, the oldest are removed once the new one is finished; None keeps all.
        The check is then thorough in any case, so that no sound back-up makes room for a damaged one.
    check : Check
        How the new file is looked through.

    Raises
    ------
    BadInput
        The name is taken, or a database is found damaged.
    StoreUnusable
        The disk is full, or a folder can't be written.
    """
    require(actor, Permission.OPERATE)
    path = _named(to, now)
    if keep is not None and (keep < 1 or path == to):
        raise BadInput(_("To keep a number of back-ups, name a folder to write to and a number of at least 1."))
    check = Check.THOROUGH if keep else check
    staging = make_part_folder(path.parent)
    try:
        with recorded_on_desk(data_dir, actor, "back_up", now=now) as tandem:
            note_heads(data_dir, tandem, now=now)
        manifest = _write(data_dir, staging, now)
        _read_back(staging, manifest)
        if check is Check.THOROUGH:
            _check_thoroughly(staging)
        publish_file(staging / "file", path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    databases = [one for one in manifest.members if one.path.endswith(f"/{DATABASE}")]
    removed = _remove_old(path.parent, keep) if keep else ()
    return Backup(path, path.stat().st_size, len(databases), check, removed)


def restore(path: Path, *, data_dir: Path, actor: Actor, now: datetime) -> Restored:
    """A data folder made from a back-up, every hash compared and every database opened before it has its name.

    Jobs that were under way are cancelled in it: what they read may not be there any more.

    Raises
    ------
    BadInput
        The file is foreign, damaged or from a newer Tandem; the message says what is wrong.
    Conflict
        The folder holds something already.
    StoreUnusable
        The disk is full, or the folder can't be written.
    """
    require(actor, Permission.OPERATE)
    _check_empty(data_dir)
    staging = data_dir.with_name(f".{data_dir.name}.restoring-{uuid.uuid4().hex}")
    try:
        make_private_folder(staging)
        manifest = extract_archive(path, staging, kind=KIND)
        _check_databases(staging)
        check_copied_desk(staging)
        with recorded_on_desk(staging, actor, "restore", details={"made_at": manifest.made_at}, now=now) as tandem:
            end_live_jobs(tandem, note=_("Under way when the back-up was made: start it again"), at=utc_text(now))
        sync_files(staging)
        _put_in_place(staging, data_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Restored(manifest.made_at, tuple(list_slugs(data_dir)), tuple(list_slugs(archive_dir(data_dir))))


def _named(to: Path, now: datetime) -> Path:
    if to.suffix == SUFFIX and not to.is_dir():
        if to.exists():
            raise BadInput(_("{to} exists already and is left as it is. Name another file, or a folder.").format(to=to))
        return to
    return to / f"tandem-{utc_text(now).replace(':', '').replace('.', '-')}{SUFFIX}"


def _write(data_dir: Path, staging: Path, now: datetime) -> Manifest:
    files: dict[str, Path] = {}
    databases = {TANDEM: data_dir / TANDEM}
    for desk in (data_dir, archive_dir(data_dir)):
        for slug in list_slugs(desk):
            folder = desk / "projects" / slug
            place = folder.relative_to(data_dir).as_posix()
            databases[f"{place}/{DATABASE}"] = folder / DATABASE
            files |= {f"{place}/{name}": source for name, source in list_kept_files(folder).items()}
    held = {name: hold_still(path, spare=staging / "spare.db") for name, path in databases.items()}
    about = {f"{HEAD_OF}{name}": head.text for name, head in read_heads(data_dir).items()}
    return write_archive(staging / "file", files, databases=held, kind=KIND, made_at=utc_text(now), about=about)


def _read_back(staging: Path, written: Manifest) -> None:
    """The finished file says what was written; its databases were read back block by block as they were written."""
    databases = {one.path for one in written.members if one.path == TANDEM or one.path.endswith(f"/{DATABASE}")}
    if read_back_files(staging / "file", kind=KIND, besides=databases) != written:
        raise StoreUnusable(_("The finished file differs from what was written. Check the disk, then try again."))


def _check_thoroughly(staging: Path) -> None:
    """The finished file, unpacked as a restore would: every hash is compared, every database opened and examined."""
    unpacked = staging / "unpacked"
    unpacked.mkdir(mode=0o700)
    extract_archive(staging / "file", unpacked, kind=KIND)
    _check_databases(unpacked)
    shutil.rmtree(unpacked)


def _check_databases(folder: Path) -> None:
    if not (folder / TANDEM).exists():
        raise BadInput(_("The back-up is refused: it holds no tandem.db. Use another copy of it."))
    for path in sorted([folder / TANDEM, *folder.rglob(DATABASE)]):
        check_copied_database(path, name=path.relative_to(folder).as_posix())


def _check_empty(data_dir: Path) -> None:
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise Conflict(
            _("{data_dir} holds something already, and nothing is overwritten. Name a new or empty folder.").format(
                data_dir=data_dir
            )
        )


def _put_in_place(staging: Path, data_dir: Path) -> None:
    """A rename replaces an empty folder and no other one."""
    try:
        staging.rename(data_dir)
        sync_folder(data_dir.parent)
    except OSError as error:
        raise StoreUnusable(
            _(
                "The restored folder can't become {data_dir} ({strerror}). Name a new folder; on a "
                "volume of its own, a folder inside it."
            ).format(data_dir=data_dir, strerror=error.strerror)
        ) from error


def _remove_old(folder: Path, keep: int) -> tuple[Path, ...]:
    made = sorted(folder.glob(f"tandem-*{SUFFIX}"), key=lambda path: path.name)
    old = tuple(made[:-keep])
    for path in old:
        path.unlink(missing_ok=True)
    return old
