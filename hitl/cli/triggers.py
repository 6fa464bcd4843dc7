"""triggers: when a project trains by itself."""

from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, Project, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.schedule import Daily, read_daily
from hitl.domain.triggers import TrainingTriggers
from hitl.loop.triggers import set_triggers
from hitl.views.triggers import TriggerView, machine_zone, read_triggers


def triggers(
    context: typer.Context,
    project: Project,
    after: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Train after N new labels; 0 turns this trigger off.")
    ] = None,
    daily: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="Train every day at that time; 'off' turns this trigger off.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="NAME", help="The time zone of --daily; else the machine's.")
    ] = None,
    pause: Annotated[bool | None, typer.Option("--pause/--resume", help="Keep the triggers and do nothing.")] = None,
    reason: Annotated[str, typer.Option(help="Why; the team reads it in the history.")] = "",
    as_json: Json = False,
) -> None:
    """Show or set when a project trains by itself.

    The server has to be running then. A version trained so waits to be promoted.
    """
    desk: Desk = context.obj
    with desk.project(project) as db, desk.tandem() as tandem:
        if (after, daily, zone, pause) != (None, None, None, None):
            before = read_triggers(db, tandem, slug=project, now=utc_now()).triggers
            _set(db, before, after=after, daily=_read_daily(before, daily, zone), pause=pause, reason=reason)
        elif reason:
            raise BadInput("There is nothing to set: give --after, --daily or --pause with the reason.")
        view = read_triggers(db, tandem, slug=project, now=utc_now())
    tell(_json(view), view.sentence, as_json=as_json)


def _set(
    db: Database,
    before: TrainingTriggers | None,
    *,
    after: int | None,
    daily: Daily | None,
    pause: bool | None,
    reason: str,
) -> None:
    count = before.label_count if before and after is None else after
    set_triggers(
        db,
        label_count=count or None,
        daily=daily,
        is_paused=bool(before and before.is_paused) if pause is None else pause,
        promotes=bool(before and before.promotes),
        reason=reason,
        actor=LOCAL_OWNER,
        now=utc_now(),
    )


def _read_daily(before: TrainingTriggers | None, daily: str | None, zone: str | None) -> Daily | None:
    kept = before.daily if before else None
    if daily == "off" or (daily is None and kept is None):
        if zone is not None:
            raise BadInput("A time zone needs a time: give --daily HH:MM as well.")
        return None
    return read_daily(daily or (kept.text if kept else ""), zone or (kept.zone if kept else machine_zone()))


def _json(view: TriggerView) -> dict[str, Any]:
    found = view.triggers
    return {
        "after": found.label_count if found else None,
        "daily": found.daily.text if found and found.daily else None,
        "zone": found.daily.zone if found and found.daily else None,
        "paused": bool(found and found.is_paused),
        "labels_left": view.labels_left,
        "next_at": view.next_at.isoformat() if view.next_at else None,
    }
