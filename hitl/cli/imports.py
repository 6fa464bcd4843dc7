"""imports · withdraw: what was brought in or interrupted, and taking a wrong import away as a whole."""

import uuid
from typing import Annotated, Any, cast

import typer

from hitl.cli.app import Desk, Json, Project, tell
from hitl.cli.jobs import carry_out, finish
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput, HitlError, JobFailed, NotFound
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.interrupted import InterruptedImport, discarding_args, find_interrupted, resume_import
from hitl.loop.jobs import JobKind
from hitl.loop.withdraw import plan_withdrawal, withdraw_import
from hitl.views.import_list import ImportLine, effects_text, interrupted_text, list_imports
from hitl.views.versions import has_champion


def imports(
    context: typer.Context,
    project: Project,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the import that was interrupted.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Remove what the interrupted import has read.")] = False,
    as_json: Json = False,
) -> None:
    """List a project's imports, newest first; one that was interrupted goes on or is discarded.

    What an interrupted import has read stays unseen until then.
    """
    desk: Desk = context.obj
    if resume and discard:
        raise BadInput(_("Say --resume or --discard, not both."))
    if resume:
        _resume(desk, project, as_json=as_json)
    elif discard:
        _discard(desk, project, as_json=as_json)
    else:
        _list(desk, project, as_json=as_json)


def _list(desk: Desk, slug: str, *, as_json: bool) -> None:
    with desk.tandem() as tandem, desk.project(slug) as db:
        lines, stopped = list_imports(db), find_interrupted(db, tandem, slug=slug)
    result = {
        "imports": [
            {"id": one.import_id, "file": one.file_name, "at": one.at, "items": one.item_count, "withdrawn": one.why}
            for one in lines
        ],
        "interrupted": [_interrupted_json(one) for one in stopped],
    }
    told = [f"{one.file_name}: {interrupted_text(one, now=utc_now())}" for one in stopped]
    if stopped:
        told.append(f"python -m hitl imports {slug} --resume | --discard")
    text = "\n".join([*told, *map(_line, lines)]) or _("Nothing was imported yet.")
    tell(result, text, as_json=as_json)


def _resume(desk: Desk, slug: str, *, as_json: bool) -> None:
    with desk.tandem() as tandem, desk.project(slug) as db:
        one = _interrupted(find_interrupted(db, tandem, slug=slug))
        job = resume_import(db, tandem, slug=slug, import_id=one.import_id, actor=LOCAL_OWNER, now=utc_now())
    ended = finish(desk, job.id)
    text = _("{file}: {note}.").format(file=one.file_name, note=ended.note)
    tell(cast("dict[str, Any]", (ended.result or {})["summary"]), text, as_json=as_json)


def _discard(desk: Desk, slug: str, *, as_json: bool) -> None:
    with desk.tandem() as tandem, desk.project(slug) as db:
        one = _interrupted(find_interrupted(db, tandem, slug=slug))
    carry_out(desk, slug=slug, kind=JobKind.IMPORT, args=discarding_args(one))
    text = _("The import of {file} is discarded.").format(file=one.file_name)
    tell(_interrupted_json(one), text, as_json=as_json)


def _interrupted(found: tuple[InterruptedImport, ...]) -> InterruptedImport:
    if not found:
        raise NotFound(_("No import is interrupted: each has ended or is under way."))
    return found[0]


def _interrupted_json(one: InterruptedImport) -> dict[str, Any]:
    return {
        "id": one.import_id,
        "file": one.file_name,
        "at": one.at,
        "items": one.item_count,
        "last_row": one.last_row,
        "can_go_on": one.can_go_on,
    }


def withdraw(
    context: typer.Context,
    project: Project,
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="Its number, as `imports` lists it.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever.")],
    confirmed: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only said what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Take a wrong import away as a whole.

    What it had replaced stands again; decisions of people stay. Without --yes nothing happens.
    """
    desk: Desk = context.obj
    with desk.project(project) as db:
        plan = plan_withdrawal(db, number)
        if not confirmed:
            raise BadInput(_("{plan} Add --yes to withdraw it.").format(plan=effects_text(plan)))
        withdraw_import(
            db,
            import_id=number,
            reason=reason,
            request_id=f"cli-{uuid.uuid4()}",
            actor=LOCAL_OWNER,
            now=utc_now(),
        )
        is_answered = has_champion(db)
    if is_answered:
        _answer_what_stands_again(desk, project, plan.file_name)
    result = {"import": number, "items": plan.item_count, "returning": plan.returning_count}
    tell(result, _("The import of {file_name} is withdrawn.").format(file_name=plan.file_name), as_json=as_json)


def _answer_what_stands_again(desk: Desk, slug: str, file_name: str) -> None:
    try:
        carry_out(desk, slug=slug, kind=JobKind.PREDICT, args={})
    except HitlError as error:
        told = _("The import of {file} is withdrawn, but the model has not answered what stands again: {error}")
        raise JobFailed(told.format(file=file_name, error=error)) from error


def _line(one: ImportLine) -> str:
    withdrawn = _("  withdrawn: {why}").format(why=one.why) if one.why else ""
    return f"{one.import_id:6}  {one.at[:10]}  {one.item_count:>9,}  {one.file_name}{withdrawn}"
