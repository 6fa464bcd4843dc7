"""doctor: whether databases, derived tables, model files, disk, clock and worker are well."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import REFUSED, Desk, Json, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.audit import ExaminedLog, examine_logs
from hitl.loop.backup_turns import examine_backups, list_backups, read_backup_state
from hitl.loop.doctor import (
    examine,
    examine_desk,
    examine_jobs,
    examine_owners,
    examine_room,
    free_bytes,
    rebuild,
    remove_unused_images,
)
from hitl.settings import read_settings
from hitl.store.connection import list_slugs, project_folder
from hitl.store.integrity import find_damage
from hitl.views.wording import count_of
from hitl.worker.left_files import list_left_files
from hitl.worker.process import worker_alive

Rebuild = Annotated[bool, typer.Option("--rebuild", help="First derive states and queues anew, remove unused images.")]
Audit = Annotated[
    bool, typer.Option("--audit", help="Verify the audit logs instead, from their first row to their last.")
]
Backups = Annotated[
    list[Path] | None,
    typer.Option(
        "--backup", metavar="FILE", help="With --audit: compare with this back-up too; else with the newest one."
    ),
]


def doctor(
    context: typer.Context,
    rebuild_derived: Rebuild = False,
    audit: Audit = False,
    backup: Backups = None,
    as_json: Json = False,
) -> None:
    """Examine databases, model files, leftovers, clock, disk and worker.

    Exit code 1 when something is wrong.
    """
    desk: Desk = context.obj
    if audit:
        _verify(desk, backup or _newest_backup(), as_json=as_json)
        return
    findings = rebuild_and_examine_all(desk) if rebuild_derived else examine_all(desk)
    findings["tandem"] += examine_room(desk.data_dir)
    is_alive, free = worker_alive(desk.data_dir), free_bytes(desk.data_dir)
    result: dict[str, Any] = {
        "ok": not any(findings.values()),
        "findings": findings,
        "worker_alive": is_alive,
        "disk_free_bytes": free,
        "backups": _backups(desk),
    }
    lines = finding_lines(findings)
    lines.append(_("worker: alive") if is_alive else _("worker: not running; the server starts it"))
    lines.append(_("disk: {free:,.1f} GB free").format(free=free / 1e9))
    lines.append(_("back-ups: {state}").format(state=_backup_line(result["backups"])))
    tell(result, "\n".join(lines), as_json=as_json)
    if not result["ok"]:
        raise typer.Exit(REFUSED)


def _verify(desk: Desk, backups: Sequence[Path], *, as_json: bool) -> None:
    """Whether every audit log is whole; the end of each is told, to be kept where nobody can write to it."""
    examined = examine_logs(desk.data_dir, backups=backups)
    is_whole = not any(one.findings for one in examined.values())
    result = {"ok": is_whole, "logs": {name: asdict(one) for name, one in examined.items()}}
    lines = [line for name, one in examined.items() for line in _log_lines(name, one)]
    lines += [_("Compared with {file}.").format(file=path.name) for path in backups]
    tell(result, "\n".join(lines), as_json=as_json)
    if not is_whole:
        raise typer.Exit(REFUSED)


def _newest_backup() -> list[Path]:
    plan = read_settings().backups
    return list_backups(plan.folder)[-1:] if plan else []


def _log_lines(name: str, one: ExaminedLog) -> list[str]:
    if one.findings:
        return [f"{name}: {finding}" for finding in one.findings]
    rows = count_of(one.row_count, "{count} row", "{count} rows")
    return [_("{name}: {rows}, whole; its end is {head}").format(name=name, rows=rows, head=one.head)]


def _backups(desk: Desk) -> dict[str, str | None]:
    """Where scheduled back-ups go, when the last one was made, and why the last try brought none."""
    plan = read_settings().backups
    try:
        with desk.tandem() as db:
            state = read_backup_state(db)
    except HitlError:
        return {"folder": None, "last": None, "error": None}
    return {"folder": str(plan.folder) if plan else None, "last": state.done_at, "error": state.error}


def _backup_line(backups: dict[str, str | None]) -> str:
    if backups["folder"] is None:
        return _("none by themselves; set TANDEM_BACKUPS to a folder on another disk")
    return (
        _("daily to {folder}, the last at {last}").format(folder=backups["folder"], last=backups["last"])
        if backups["last"]
        else _("none made yet")
    )


def examine_all(desk: Desk) -> dict[str, list[str]]:
    """What is wrong, by database, room on the disk apart; nothing is changed."""
    return {"tandem": _examine_tandem(desk), **{slug: _examine(desk, slug) for slug in list_slugs(desk.data_dir)}}


def rebuild_and_examine_all(desk: Desk) -> dict[str, list[str]]:
    """What is still wrong after the derived tables were made anew."""
    slugs = list_slugs(desk.data_dir)
    return {"tandem": _examine_tandem(desk), **{slug: _rebuild_and_examine(desk, slug) for slug in slugs}}


def finding_lines(findings: dict[str, list[str]]) -> list[str]:
    """The findings for people: a line each, ``ok`` where there is none."""
    return [line for name, found in findings.items() for line in _lines(name, found)]


def _examine_tandem(desk: Desk) -> list[str]:
    try:
        with desk.tandem() as db:
            now, is_alive = utc_now(), worker_alive(desk.data_dir)
            return [
                *find_damage(db),
                *examine_desk(desk.data_dir, now=now),
                *examine_jobs(db, is_worker_alive=is_alive, now=now),
                *examine_owners(db),
                *_left_files(desk, db),
                *examine_backups(db, read_settings().backups, now=now),
            ]
    except HitlError as error:
        return [str(error)]


def _left_files(desk: Desk, db: Database) -> list[str]:
    told = _("{path}: left by an import or a check that was cut off. The worker removes it when it starts next.")
    return [told.format(path=path) for path in list_left_files(desk.data_dir, db)]


def _examine(desk: Desk, slug: str) -> list[str]:
    try:
        with desk.project(slug) as db:
            return examine(db, project_folder(desk.data_dir, slug), now=utc_now())
    except HitlError as error:
        return [str(error)]


def _rebuild_and_examine(desk: Desk, slug: str) -> list[str]:
    try:
        with desk.project(slug) as db:
            rebuild(db, actor=LOCAL_OWNER, now=utc_now())
            remove_unused_images(db, project_folder(desk.data_dir, slug), actor=LOCAL_OWNER, now=utc_now())
    except HitlError as error:
        return [str(error)]
    return _examine(desk, slug)


def _lines(name: str, found: list[str]) -> list[str]:
    return [f"{name}: {finding}" for finding in found] or [_("{name}: ok").format(name=name)]
