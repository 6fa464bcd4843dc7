"""A project as one file, to take it to another desk: packed while people work, unpacked whole or not at all."""

import secrets
import shutil
import uuid
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hitl.access import require, require_in
from hitl.adapters.archives import Manifest, extract_archive, publish_file, sync_files, write_archive
from hitl.domain.audit import Details, is_code
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.connection import open_project, open_tandem, project_folder
from hitl.store.copies import (
    DATABASE,
    check_copied_database,
    check_copied_project,
    hold_still,
    list_kept_files,
)
from hitl.store.desk_audit import record_in_project, recorded_on_desk
from hitl.store.folders import make_part_folder, make_private_folder, move_project, require_project
from hitl.store.memberships import begin_memberships
from hitl.store.projects import read_project

KIND = "tandem-project"
SUFFIX = ".tandem"
_UNPACKING = ".unpacking-"


@dataclass(frozen=True)
class Packed:
    """A project's file: where it is, and how many bytes it has."""

    path: Path
    size: int


@dataclass(frozen=True)
class Unpacked:
    """A project that came out of a file: its short name here, its name, and when the file was made."""

    slug: str
    name: str
    made_at: str


def pack_project(data_dir: Path, *, slug: str, path: Path, actor: Actor, now: datetime) -> Packed:
    """The project in one file: database, history and model files, as they stood at one moment.

    Read back and checked before it has its name. The log says so before anything is copied. Writes: audit_log.

    Raises
    ------
    NotFound
        There is no such project.
    BadInput
        A file of that name exists, or the project's database is damaged.
    StoreUnusable
        The disk is full, or the folder can't be written.
    """
    require(actor, Permission.MANAGE)
    _require_now(data_dir, actor, slug)
    folder = require_project(data_dir, slug)
    if path.exists():
        raise BadInput(_("{path} exists already and is left as it is. Name another file.").format(path=path))
    about = {"slug": slug, "name": _read_name(data_dir, slug)}
    staging = make_part_folder(path.parent)
    try:
        record_in_project(data_dir, slug, actor, "pack_project", now=now)
        held = {DATABASE: hold_still(folder / DATABASE, spare=staging / DATABASE)}
        files = list_kept_files(folder)
        write_archive(staging / "file", files, databases=held, kind=KIND, made_at=utc_text(now), about=about)
        _extract_checked(staging / "file", staging / "unpacked")
        publish_file(staging / "file", path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Packed(path, path.stat().st_size)


def unpack_project(path: Path, *, data_dir: Path, slug: str | None = None, actor: Actor, now: datetime) -> Unpacked:
    """The project in the file, now among the others; ``slug`` gives it another short name here.

    Model files in it are looked through like every model file when they are loaded, and not before.

    Who unpacks it owns it. Writes: audit_log in it and in tandem.db, memberships.

    Raises
    ------
    BadInput
        The file is foreign or damaged; the message says what is wrong.
    Conflict
        The short name is taken.
    StoreUnusable
        It comes from a newer Tandem, or the disk is full.
    """
    require(actor, Permission.CREATE_PROJECT)
    staging = data_dir / f"{_UNPACKING}{uuid.uuid4().hex}"
    try:
        make_private_folder(staging)
        manifest = _extract_checked(path, staging / "project")
        chosen = slug or manifest.about.get("slug", "")
        target = project_folder(data_dir, chosen)
        if target.exists():
            raise Conflict(
                _("A project '{chosen}' exists already. Unpack it under another short name: --as NAME.").format(
                    chosen=chosen
                )
            )
        move_project(staging / "project", project_folder(staging, chosen))
        check_copied_project(staging, chosen)
        name, origin = _read_name(staging, chosen), _origin_of(manifest)
        here: Details = {**origin, "chain": secrets.token_hex(8)}  # it is not the chain that it was copied from
        record_in_project(staging, chosen, actor, "unpack_project", details=here, now=now)
        sync_files(staging)
        subject = f"project:{chosen}"
        with recorded_on_desk(data_dir, actor, "unpack_project", subject=subject, details=origin, now=now) as tandem:
            begin_memberships(tandem, slug=chosen, maker=actor)
            move_project(project_folder(staging, chosen), target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Unpacked(chosen, name, manifest.made_at)


def _require_now(data_dir: Path, actor: Actor, slug: str) -> None:
    """A page makes the file when its button is pressed, which may be long after it was drawn."""
    tandem = open_tandem(data_dir)
    with closing(tandem.conn):
        require_in(tandem, actor, slug, Permission.MANAGE)


def _extract_checked(path: Path, folder: Path) -> Manifest:
    make_private_folder(folder)
    manifest = extract_archive(path, folder, kind=KIND)
    if not (folder / DATABASE).is_file():
        raise BadInput(
            _("{name} is refused: it holds no {database}. Use another copy of it.").format(
                name=path.name, database=DATABASE
            )
        )
    check_copied_database(folder / DATABASE, name=DATABASE)
    return manifest


def _origin_of(manifest: Manifest) -> Details:
    """Where the project comes from, as far as it is a short name and a time: the file may say anything."""
    origin = {"from_project": manifest.about.get("slug", ""), "made_at": manifest.made_at}
    return {name: text for name, text in origin.items() if is_code(text)}


def _read_name(data_dir: Path, slug: str) -> str:
    db = open_project(data_dir, slug)
    try:
        return read_project(db).name
    finally:
        db.conn.close()
