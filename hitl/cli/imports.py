"""imports · withdraw: what was brought in, and taking a wrong import away as a whole."""

import uuid
from typing import Annotated

import typer

from hitl.cli.app import Desk, Json, Project, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.withdraw import plan_withdrawal, withdraw_import
from hitl.views.import_list import ImportLine, effects_text, list_imports


def imports(
    context: typer.Context,
    project: Project,
    as_json: Json = False,
) -> None:
    """List a project's imports, newest first."""
    desk: Desk = context.obj
    with desk.project(project) as db:
        lines = list_imports(db)
    result = {
        "imports": [
            {"id": one.import_id, "file": one.file_name, "at": one.at, "items": one.item_count, "withdrawn": one.why}
            for one in lines
        ]
    }
    text = "\n".join(_line(one) for one in lines) or _("Nothing was imported yet.")
    tell(result, text, as_json=as_json)


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
    result = {"import": number, "items": plan.item_count, "returning": plan.returning_count}
    tell(result, _("The import of {file_name} is withdrawn.").format(file_name=plan.file_name), as_json=as_json)


def _line(one: ImportLine) -> str:
    withdrawn = _("  withdrawn: {why}").format(why=one.why) if one.why else ""
    return f"{one.import_id:6}  {one.at[:10]}  {one.item_count:>9,}  {one.file_name}{withdrawn}"
