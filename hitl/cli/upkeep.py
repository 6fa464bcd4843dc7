"""doctor: whether databases, derived tables, model files, disk, clock and worker are well."""

from typing import Annotated, Any

import typer

from hitl.cli.app import REFUSED, Desk, Json, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import HitlError
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.doctor import examine, examine_desk, free_bytes, rebuild
from hitl.store.connection import list_slugs, project_folder
from hitl.store.integrity import find_damage
from hitl.worker.process import worker_alive


def doctor(
    context: typer.Context,
    rebuild_derived: Annotated[
        bool, typer.Option("--rebuild", help="First derive item states and queues anew from the facts.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Examine databases, model files, leftovers, clock, disk and worker.

    Exit code 1 when something is wrong.
    """
    desk: Desk = context.obj
    findings = rebuild_and_examine_all(desk) if rebuild_derived else examine_all(desk)
    is_alive, free = worker_alive(desk.data_dir), free_bytes(desk.data_dir)
    result: dict[str, Any] = {
        "ok": not any(findings.values()),
        "findings": findings,
        "worker_alive": is_alive,
        "disk_free_bytes": free,
    }
    lines = finding_lines(findings)
    lines.append(f"worker: {'alive' if is_alive else 'not running; the server starts it'}")
    lines.append(f"disk: {free / 1e9:,.1f} GB free")
    tell(result, "\n".join(lines), as_json=as_json)
    if not result["ok"]:
        raise typer.Exit(REFUSED)


def examine_all(desk: Desk) -> dict[str, list[str]]:
    """What is wrong, by database; nothing is changed."""
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
            return [*find_damage(db), *examine_desk(desk.data_dir, now=utc_now())]
    except HitlError as error:
        return [str(error)]


def _examine(desk: Desk, slug: str) -> list[str]:
    try:
        with desk.project(slug) as db:
            return examine(db, project_folder(desk.data_dir, slug), now=utc_now())
    except HitlError as error:
        return [str(error)]


def _rebuild_and_examine(desk: Desk, slug: str) -> list[str]:
    try:
        with desk.project(slug) as db:
            rebuild(db, actor=LOCAL_OWNER)
    except HitlError as error:
        return [str(error)]
    return _examine(desk, slug)


def _lines(name: str, found: list[str]) -> list[str]:
    return [f"{name}: {finding}" for finding in found] or [f"{name}: ok"]
