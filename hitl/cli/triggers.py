"""triggers: when a project trains by itself."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from sqlite_utils import Database

from hitl.cli.app import Desk, Json, Project, tell
from hitl.domain.clock import utc_now
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.schedule import Daily, read_daily
from hitl.domain.triggers import TrainingTriggers
from hitl.loop.triggers import set_triggers
from hitl.views.triggers import TriggerView, machine_zone, read_triggers


@dataclass(frozen=True)
class Wanted:
    """What the options say; None leaves things as they are."""

    after: int | None
    daily: str | None
    zone: str | None
    pause: bool | None
    promote: bool | None
    reason: str

    @property
    def is_given(self) -> bool:
        """Whether anything shall be set."""
        return any(one is not None for one in (self.after, self.daily, self.zone, self.pause, self.promote))


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
    promote: Annotated[
        bool | None, typer.Option("--promote/--wait", help="Bring it into use by itself, if it is not worse.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the team reads it in the history.")] = "",
    as_json: Json = False,
) -> None:
    """Show or set when a project trains by itself.

    The server has to be running then. A version trained so waits to be promoted, or with --promote it waits only if
    it may be worse.
    """
    desk: Desk = context.obj
    wanted = Wanted(after, daily, zone, pause, promote, reason)
    with desk.project(project) as db, desk.tandem() as tandem:
        view = read_triggers(db, tandem, slug=project, now=utc_now())
        if wanted.is_given:
            _set(db, view.triggers, wanted)
            view = read_triggers(db, tandem, slug=project, now=utc_now())
        elif reason:
            raise BadInput(_("There is nothing to set: give --after, --daily, --pause or --promote with the reason."))
    tell(_json(view), view.sentence, as_json=as_json)


def _set(db: Database, before: TrainingTriggers | None, wanted: Wanted) -> None:
    count = before.label_count if before and wanted.after is None else wanted.after
    set_triggers(
        db,
        label_count=count or None,
        daily=_read_daily(before, wanted.daily, wanted.zone),
        is_paused=bool(before and before.is_paused) if wanted.pause is None else wanted.pause,
        promotes=bool(before and before.promotes) if wanted.promote is None else wanted.promote,
        reason=wanted.reason,
        actor=LOCAL_OWNER,
        now=utc_now(),
    )


def _read_daily(before: TrainingTriggers | None, daily: str | None, zone: str | None) -> Daily | None:
    kept = before.daily if before else None
    if daily == "off" or (daily is None and kept is None):
        if zone is not None:
            raise BadInput(_("A time zone needs a time: give --daily HH:MM as well."))
        return None
    return read_daily(daily or (kept.text if kept else ""), zone or (kept.zone if kept else machine_zone()))


def _json(view: TriggerView) -> dict[str, Any]:
    found = view.triggers
    return {
        "after": found.label_count if found else None,
        "daily": found.daily.text if found and found.daily else None,
        "zone": found.daily.zone if found and found.daily else None,
        "paused": bool(found and found.is_paused),
        "promotes": bool(found and found.promotes),
        "labels_left": view.labels_left,
        "next_at": view.next_at.isoformat() if view.next_at else None,
    }
