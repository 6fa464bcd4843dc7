"""doctor: whether databases, derived tables, model files and the worker are well."""

from typing import Annotated, Any

import typer

from hitl.cli.app import REFUSED, Desk, Json, tell
from hitl.domain.errors import HitlError
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.doctor import examine, rebuild
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
    """Examine databases, model files and worker.

    Exit code 1 when something is wrong.
    """
    desk: Desk = context.obj
    findings = {"tandem": _examine_tandem(desk)}
    for slug in list_slugs(desk.data_dir):
        findings[slug] = _rebuild_and_examine(desk, slug) if rebuild_derived else _examine(desk, slug)
    is_alive = worker_alive(desk.data_dir)
    result: dict[str, Any] = {"ok": not any(findings.values()), "findings": findings, "worker_alive": is_alive}
    lines = [line for name, found in findings.items() for line in _lines(name, found)]
    lines.append(f"worker: {'alive' if is_alive else 'not running; the server starts it'}")
    tell(result, "\n".join(lines), as_json=as_json)
    if not result["ok"]:
        raise typer.Exit(REFUSED)


def _examine_tandem(desk: Desk) -> list[str]:
    try:
        with desk.tandem() as db:
            return find_damage(db)
    except HitlError as error:
        return [str(error)]


def _examine(desk: Desk, slug: str) -> list[str]:
    try:
        with desk.project(slug) as db:
            return examine(db, project_folder(desk.data_dir, slug))
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
