"""Audit: whether the logs of the desk and its projects are what was written, and what they say to who may read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from hitl.access import require, require_in
from hitl.adapters.archives import Manifest, read_manifest
from hitl.adapters.tables import Column, require_suffix, write_table
from hitl.domain.backup_plan import BACKUP_KIND
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.audit import Head, append
from hitl.store.audit_check import NotedHead, check_log
from hitl.store.audit_heads import HEAD_OF, TANDEM, NotedOnDesk, read_noted, read_restores
from hitl.store.audit_reads import LogFilter, LogRow, list_rows, stream_rows
from hitl.store.connection import list_slugs, open_project, open_tandem, write_transaction

PAGE_ROWS = 50
_COLUMNS = (
    Column("id", int),
    Column("at"),
    Column("actor_id", int),
    *(Column(name) for name in ("actor", "via", "act", "subject", "details", "hash_before", "hash")),
)


@dataclass(frozen=True)
class ExaminedLog:
    """What became of one log: its rows, its end in one line to be kept elsewhere, and what is wrong."""

    row_count: int
    head: str
    findings: tuple[str, ...]


@dataclass(frozen=True)
class _Notes:
    """What was noted of the logs: by the desk, and by the back-ups that hold for what is here now."""

    desk: dict[str, NotedOnDesk]
    manifests: tuple[tuple[str, Manifest], ...]


def examine_logs(data_dir: Path, *, backups: Sequence[Path] = ()) -> dict[str, ExaminedLog]:
    """Every log read from its first row to its last, compared with what desk and back-ups noted of its end.

    The desk's own is named ``tandem``, the others by their project. Changes nothing.

    Raises
    ------
    BadInput
        A file named as a back-up is none.
    """
    named = [(path.name, read_manifest(path, kind=BACKUP_KIND)) for path in backups]
    tandem = open_tandem(data_dir)
    try:
        restores = read_restores(tandem)
        valid = tuple(one for one in named if not _is_undone(one[1], restores))
        notes = _Notes(read_noted(tandem), valid)
        examined = {TANDEM: _examine(tandem, _noted_in_backups(notes, TANDEM, since=""))}
    finally:
        tandem.conn.close()
    return examined | {slug: _examine_project(data_dir, slug, notes) for slug in list_slugs(data_dir)}


def _examine_project(data_dir: Path, slug: str, notes: _Notes) -> ExaminedLog:
    try:
        db = open_project(data_dir, slug)
    except HitlError as error:
        return ExaminedLog(0, "", (str(error),))
    try:
        known = notes.desk.get(slug, NotedOnDesk("", ()))
        return _examine(db, [*known.heads, *_noted_in_backups(notes, slug, since=known.since)])
    finally:
        db.conn.close()


def _examine(db: Database, noted: Iterable[NotedHead]) -> ExaminedLog:
    checked = check_log(db, noted=tuple(noted))
    remedy = _(
        "Find out who can write to the data folder besides Tandem; compare with a back-up, or restore it into another "
        "folder."
    )
    findings = tuple(f"{text[:1].upper()}{text[1:]}. {remedy}" for text in checked.findings)
    return ExaminedLog(checked.row_count, checked.head.text if checked.head else "", findings)


def _noted_in_backups(notes: _Notes, name: str, *, since: str) -> Iterator[NotedHead]:
    """The ends that back-ups noted of a log, of those made since the project of that name came here."""
    for file_name, manifest in notes.manifests:
        head = Head.parse(manifest.about.get(f"{HEAD_OF}{name}", ""))
        if head and manifest.made_at >= since:
            yield NotedHead(head, _("in the back-up {name}").format(name=file_name))


def _is_undone(manifest: Manifest, restores: Sequence[tuple[str, str]]) -> bool:
    """Whether the desk was restored to a moment before the back-up was made: then what it noted is meant to be gone."""
    return any(made_at < manifest.made_at <= restored_at for made_at, restored_at in restores)


def read_log(db: Database, *, chosen: LogFilter, before: int | None = None, actor: Actor) -> list[LogRow]:
    """A page of a project's log, newest first; ``before`` is the number of the last row of the page before.

    Changes nothing.
    """
    require(actor, Permission.EXPORT)
    return list_rows(db, chosen, before=before, count=PAGE_ROWS)


def read_site_log(tandem: Database, *, chosen: LogFilter, before: int | None = None, actor: Actor) -> list[LogRow]:
    """A page of the desk's log, as ``read_log``. Changes nothing."""
    require(actor, Permission.OPERATE)
    return list_rows(tandem, chosen, before=before, count=PAGE_ROWS)


def read_members_log(
    tandem: Database, *, slug: str, chosen: LogFilter, before: int | None = None, actor: Actor
) -> list[LogRow]:
    """A page of those rows of the desk's log that are about one project: who is in it, and it as a whole.

    Changes nothing.

    Raises
    ------
    NotFound
        The actor is no member of the project, or there is none.
    NotPermitted
        The actor does not own it.
    """
    require(actor, Permission.MANAGE)
    require_in(tandem, actor, slug, Permission.MANAGE)
    return list_rows(tandem, replace(chosen, about=slug), before=before, count=PAGE_ROWS)


def export_log(
    db: Database, *, chosen: LogFilter, path: Path, names: Mapping[int, str], actor: Actor, now: datetime
) -> int:
    """The number of rows of a project's log that were written to the file, oldest first, with their hashes.

    The log says so before anything is read. Writes: audit_log.

    Raises
    ------
    BadInput
        The suffix is not .csv, .jsonl or .parquet.
    """
    require(actor, Permission.EXPORT)
    return _export(db, chosen, path, names, actor=actor, now=now)


def export_site_log(
    tandem: Database, *, chosen: LogFilter, path: Path, names: Mapping[int, str], actor: Actor, now: datetime
) -> int:
    """The number of rows of the desk's log that were written, as ``export_log``. Writes: audit_log."""
    require(actor, Permission.OPERATE)
    return _export(tandem, chosen, path, names, actor=actor, now=now)


def _export(
    db: Database, chosen: LogFilter, path: Path, names: Mapping[int, str], *, actor: Actor, now: datetime
) -> int:
    require_suffix(path)
    with write_transaction(db):
        append(db, actor, "export_audit", now=now)
    rows = stream_rows(db, chosen)
    records = ([{**row, "actor": names.get(row["actor_id"])}[column.name] for column in _COLUMNS] for row in rows)
    return write_table(path, columns=_COLUMNS, records=records)
