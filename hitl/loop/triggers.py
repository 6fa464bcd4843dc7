"""Triggers: when a project trains by itself, set by people, looked at by the worker."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import parse_utc, utc_text
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.schedule import Daily, due, moment_on
from hitl.domain.triggers import TrainingTriggers
from hitl.store import triggers as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.events import latest_event_id
from hitl.store.job_triggers import TriggeredBefore, last_triggered

MOST_LABELS = 1_000_000


@dataclass(frozen=True)
class DueTraining:
    """A training whose turn has come.

    Attributes
    ----------
    trigger : str
        ``labels``, ``daily``, or ``encoded``.
    event_id : int
        The end of the label sequence when it was found due.
    base_id : int
        The event from which on labels were counted; for ``encoded`` the version that learned from words alone.
    label_count : int or None
        The count that was reached.
    day : date or None
        The local day whose turn it is.
    at : str
        The time of day of that turn, else empty.
    set_at : str
        When the triggers were set.
    withdrawn : tuple of int
        The imports that were withdrawn when it was found due.
    """

    trigger: str
    event_id: int
    base_id: int
    label_count: int | None
    day: date | None
    at: str
    set_at: str
    withdrawn: tuple[int, ...]

    @property
    def request_id(self) -> str:
        """What made it due, so that asking again asks for the same job."""
        reached = f"{self.base_id}-{self.event_id}-{len(self.withdrawn)}"
        return f"trigger-{self.trigger}-{self.day or reached}-{self.set_at}"


def set_triggers(
    db: Database,
    *,
    label_count: int | None,
    daily: Daily | None,
    is_paused: bool,
    promotes: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> TrainingTriggers:
    """Put triggers in force; None and None turns them off.

    Writes: training_triggers.

    Raises
    ------
    BadInput
        The count is out of its range, or the reason is missing.
    """
    require(actor, Permission.SET_POLICY)
    _check(label_count, reason)
    triggers = TrainingTriggers(
        label_count=label_count,
        daily=daily,
        is_paused=is_paused,
        promotes=promotes,
        reason=reason.strip(),
        actor_id=actor.id,
        at=utc_text(now),
    )
    with write_transaction(db):
        store.add_triggers(db, triggers)
        append(db, actor, "set_triggers", now=now)
    return triggers


def _check(label_count: int | None, reason: str) -> None:
    if label_count is not None and not 1 <= label_count <= MOST_LABELS:
        raise BadInput(
            _("{label_count:,} new labels can't be a trigger: choose from 1 to {most_labels:,}.").format(
                label_count=label_count, most_labels=MOST_LABELS
            )
        )
    if not reason.strip():
        raise BadInput(_("Say why it shall train by itself so; the team reads it in the history."))


def find_due_training(
    db: Database, tandem: Database, *, slug: str, now: datetime, texts_encoded: bool = False
) -> DueTraining | None:
    """The training that shall begin by itself now, or None; reads little, for it is asked every few seconds.

    What was said or withdrawn is counted from the newest version's snapshot or from the last training that began by
    itself, whichever is later: one that failed waits for something new. Where ``texts_encoded`` says that what texts
    mean can be learned from now, one follows a version that was made before. Changes nothing.
    """
    triggers = store.current_triggers(db)
    if triggers is None or not triggers.is_on:
        return None
    end, before, withdrawn = latest_event_id(db), last_triggered(tandem, slug), store.withdrawn_imports(db)
    taken_back = tuple(sorted(withdrawn))
    earlier = store.version_before_encoding(db) if texts_encoded else None
    if earlier is not None and earlier != before.version_id:
        return DueTraining("encoded", end, earlier, None, None, "", triggers.at, taken_back)
    known = store.known_so_far(db, before, end)
    if known.event_id >= end and withdrawn <= known.withdrawn:
        return None
    wanted = triggers.label_count
    if wanted is not None and store.has_news(db, known, at_least=wanted):
        return DueTraining("labels", end, known.event_id, wanted, None, "", triggers.at, taken_back)
    day = _due_day(db, triggers, before, known=known, now=now)
    if day is None or triggers.daily is None or not store.has_news(db, known, at_least=1):
        return None
    return DueTraining("daily", end, known.event_id, None, day, triggers.daily.text, triggers.at, taken_back)


def _due_day(
    db: Database, triggers: TrainingTriggers, before: TriggeredBefore, *, known: store.Known, now: datetime
) -> date | None:
    """The day whose turn has come with something said before it; what is said after its time waits for the next."""
    if triggers.daily is None:
        return None
    day = due(triggers.daily, now=now, since=parse_utc(triggers.at), last_day=before.day)
    if day is None:
        return None
    first = store.first_news_at(db, known)
    is_from_wrong_clock = first is not None and first > utc_text(now)
    return (
        day
        if first is not None and (first <= utc_text(moment_on(triggers.daily, day)) or is_from_wrong_clock)
        else None
    )
