"""train · versions · promote · rollback: model versions, and which of them predicts."""

import re
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, Project, tell
from hitl.cli.jobs import carry_out
from hitl.cli.measures import rate_json, rate_text
from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.loop.jobs import JobKind
from hitl.views.versions import VersionSummary, list_version_summaries


def train(
    context: typer.Context,
    project: Project,
    seed: Annotated[int, typer.Option(min=0, help="The same labels and seed give the same model.")] = 0,
    as_json: Json = False,
) -> None:
    """Train a version on the present labels.

    It answers every item; the first version of a project is promoted at once.
    """
    desk: Desk = context.obj
    with desk.project(project):
        job = carry_out(desk, slug=project, kind=JobKind.TRAIN, args={"seed": seed})
    made = job.result or {}
    with desk.project(project) as db:
        summary = next(one for one in list_version_summaries(db) if one.version.id == made["version_id"])
    text = _("{note}. Accuracy: {accuracy}.").format(
        note=job.note, accuracy=rate_text(summary.accuracy, summary.source_name)
    )
    tell({**_version_json(summary), "promoted": bool(made.get("promoted"))}, text, as_json=as_json)


def versions(context: typer.Context, project: Project, as_json: Json = False) -> None:
    """List the versions with their accuracy."""
    desk: Desk = context.obj
    with desk.project(project) as db:
        summaries = list_version_summaries(db)
    lines = [
        _("{value} {title:24} accuracy {accuracy}").format(
            value="*" if one.is_champion else " ", title=one.title, accuracy=rate_text(one.accuracy, one.source_name)
        )
        for one in summaries
    ]
    text = "\n".join(lines) if lines else _("No version yet: python -m hitl train {project}").format(project=project)
    tell({"versions": [_version_json(one) for one in summaries]}, text, as_json=as_json)


def promote(
    context: typer.Context,
    project: Project,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Its name or number: 'Version 2' or 2.")],
    reason: Annotated[str, typer.Option(help="Why; the team reads it in the history.")],
    as_json: Json = False,
) -> None:
    """Bring a version into use.

    It answers what it has not answered yet, then every item is routed by it.
    """
    desk: Desk = context.obj
    with desk.project(project) as db:
        wanted = _find_version(db, version)
    args = {"version_id": wanted.version.id, "reason": reason}
    job = carry_out(desk, slug=project, kind=JobKind.PROMOTE, args=args)
    tell({"version": wanted.version.name, "id": wanted.version.id}, f"{job.note}.", as_json=as_json)


def rollback(
    context: typer.Context,
    project: Project,
    reason: Annotated[str, typer.Option(help="Why; the team reads it in the history.")],
    as_json: Json = False,
) -> None:
    """Return to the version that was in use before."""
    desk: Desk = context.obj
    with desk.project(project):
        job = carry_out(desk, slug=project, kind=JobKind.ROLL_BACK, args={"reason": reason})
    version_id = (job.result or {})["version_id"]
    with desk.project(project) as db:
        name = next(one.version.name for one in list_version_summaries(db) if one.version.id == version_id)
    tell({"version": name, "id": version_id}, f"{job.note}.", as_json=as_json)


def _find_version(db: Database, text: str) -> VersionSummary:
    summaries = list_version_summaries(db)
    wanted = f"Version {text}" if re.fullmatch(r"\d+", text) else text
    for summary in summaries:
        if summary.version.name.casefold() == wanted.casefold():
            return summary
    known = ", ".join(summary.version.name for summary in summaries) or _("none yet")
    raise NotFound(_("There is no version '{text}'. Versions here: {known}.").format(text=text, known=known))


def _version_json(summary: VersionSummary) -> dict[str, Any]:
    return {
        "id": summary.version.id,
        "version": summary.version.name,
        "kind": summary.version.kind,
        "is_champion": summary.is_champion,
        "labels": summary.label_count,
        "accuracy": rate_json(summary.accuracy, summary.source_name),
        "estimator": summary.version.estimator,
        "at": summary.version.at,
    }
