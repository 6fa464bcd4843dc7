"""redact: the content of an item goes for good."""

import uuid
from typing import Annotated

import typer

from hitl.cli.app import Desk, Json, Project, tell
from hitl.cli.jobs import carry_out
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import JobKind
from hitl.loop.redact import RedactionOrder, plan_redaction, redact_item
from hitl.store.connection import project_folder
from hitl.views.redaction import backups_text, effects_text


def redact(
    context: typer.Context,
    project: Project,
    item: Annotated[str, typer.Argument(metavar="ITEM", help="The item's id in the imported file.")],
    reason: Annotated[str, typer.Option(help="Why; kept for ever, so do not repeat the content.")],
    new_id: Annotated[bool, typer.Option("--new-id", help="A random id takes the place of its own.")] = False,
    comments: Annotated[bool, typer.Option("--comments", help="People's comments about it go as well.")] = False,
    identical: Annotated[bool, typer.Option("--identical", help="Other items that say the same go as well.")] = False,
    confirmed: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only said what would go.")] = False,
    as_json: Json = False,
) -> None:
    """Take the content of an item away for good.

    That it was here stays, and what was decided. Without --yes nothing happens.
    """
    desk: Desk = context.obj
    order = RedactionOrder(item, reason, not new_id, comments, identical)
    with desk.tandem() as tandem, desk.project(project) as db:
        plan = plan_redaction(db, project_folder(desk.data_dir, project), item, now=utc_now())
        if not confirmed:
            raise BadInput(_("{plan} Add --yes to redact it.").format(plan=effects_text(plan)))
        made = redact_item(
            db, tandem, slug=project, order=order, request_id=f"cli-{uuid.uuid4()}", actor=LOCAL_OWNER, now=utc_now()
        )
    left = backups_text(carry_out(desk, slug=project, kind=JobKind.REDACT, args={"redaction": made}))
    result = {"item": item, "redaction": made, "revisions": plan.revision_count, "retired": list(plan.version_names)}
    told = _("The content of {item} is gone.").format(item=item)
    tell({**result, "backups": left}, f"{told} {left}".strip(), as_json=as_json)
