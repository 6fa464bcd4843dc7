"""When a project trains by itself next, and why it last did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from hitl.adapters.machine_zone import list_zones, machine_zone
from hitl.domain.language import _, ngettext
from hitl.domain.schedule import next_moment
from hitl.domain.triggers import TrainingTriggers
from hitl.store.events import latest_event_id
from hitl.store.job_triggers import last_triggered
from hitl.store.triggers import count_news, current_triggers, known_so_far
from hitl.views.formatting import number

__all__ = ["TriggerView", "describe_trigger", "list_zones", "machine_zone", "read_triggers"]


@dataclass(frozen=True)
class TriggerView:
    """The triggers in force with what is still missing for the next training.

    Attributes
    ----------
    triggers : TrainingTriggers or None
        None where none was ever set.
    labels_left : int or None
        New labels until a training begins; None without such a trigger.
    next_at : datetime or None
        The next turn of the daily trigger, in its own time zone.
    has_news : bool
        Whether anything was said that a training now would learn from.
    """

    triggers: TrainingTriggers | None
    labels_left: int | None
    next_at: datetime | None
    has_news: bool

    @property
    def is_on(self) -> bool:
        """Whether a training may begin by itself."""
        return self.triggers is not None and self.triggers.is_on

    @property
    def sentence(self) -> str:
        """When the next training begins by itself."""
        if self.triggers is None or (self.triggers.label_count is None and self.triggers.daily is None):
            return _("It trains only when somebody asks for it.")
        if self.triggers.is_paused:
            return _("Paused: until somebody resumes it, it trains only when asked.")
        return self._next()

    def _next(self) -> str:
        parts = []
        if self.next_at is not None:
            parts.append(_("at {time} ({zone})").format(time=self.next_at.strftime("%H:%M"), zone=self.next_at.tzinfo))
        if self.labels_left is not None:
            more = ngettext("after {count} more label", "after {count} more labels", self.labels_left)
            parts.append(more.format(count=f"{number(self.labels_left)}"))
        when = _("{first} or {second}").format(first=parts[0], second=parts[1]) if len(parts) > 1 else parts[0]
        text = _("Next: {when}.").format(when=when)
        if self.next_at is not None and not self.has_news:
            return text + " " + _("At that time only if something new was said before it.")
        return text


def read_triggers(db: Database, tandem: Database, *, slug: str, now: datetime) -> TriggerView:
    """The triggers of a project as they stand."""
    triggers = current_triggers(db)
    if triggers is None:
        return TriggerView(None, None, None, has_news=False)
    before = last_triggered(tandem, slug)
    known = known_so_far(db, before, latest_event_id(db))
    wanted, daily = triggers.label_count, triggers.daily
    news = count_news(db, known)
    coming = next_moment(daily, now=now, last_day=before.day) if daily else None
    return TriggerView(
        triggers=triggers,
        labels_left=None if wanted is None else max(wanted - news, 0),
        next_at=coming.astimezone(ZoneInfo(daily.zone)) if coming and daily else None,
        has_news=news > 0,
    )


def describe_trigger(args: Mapping[str, object]) -> str:
    """Why a training began by itself, from its job's arguments; empty where somebody asked for it.

    >>> describe_trigger({"trigger": "labels", "label_count": 50})
    'after 50 new labels'
    >>> describe_trigger({"trigger": "daily", "at": "03:00"})
    'by schedule at 03:00'
    >>> describe_trigger({"trigger": "encoded"})
    'once all texts were read'
    >>> describe_trigger({"seed": 0})
    ''
    """
    if args.get("trigger") == "daily":
        return _("by schedule at {time}").format(time=args.get("at", ""))
    if args.get("trigger") == "encoded":
        return _("once all texts were read")
    if args.get("trigger") == "labels":
        count = int(str(args.get("label_count", 0)))
        return ngettext("after {count} new label", "after {count} new labels", count).format(count=f"{number(count)}")
    return ""
