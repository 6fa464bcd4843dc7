"""What the label of a group is, given everything that was said about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from hitl.domain.records import Event, EventKind, Source

_ANSWERS = frozenset({EventKind.LABEL, EventKind.CANNOT_TELL, EventKind.ADJUDICATE})


@dataclass(frozen=True)
class Resolution:
    """The settled state of a group; ``class_id`` is None while it is open."""

    class_id: int | None
    cannot_tell: bool
    review_count: int
    event_id: int | None


OPEN = Resolution(class_id=None, cannot_tell=False, review_count=0, event_id=None)


def standing_decisions(events: Iterable[Event]) -> list[Event]:
    """Each person's latest decision that was not undone, in the order they were made.

    Skips are no answers and never stand. Of imported labels the latest of each record stands: a record that is imported
    again with another label says so anew.
    """
    ordered = sorted(events, key=lambda event: event.id)
    undone = {event.target_id for event in ordered if event.kind is EventKind.UNDO}
    answers = [event for event in ordered if event.kind in _ANSWERS and event.id not in undone]
    latest: dict[tuple[Source, object], Event] = {}
    for event in answers:
        latest[(event.source, _who_said(event))] = event
    return sorted(latest.values(), key=lambda event: event.id)


def resolve(events: Iterable[Event]) -> Resolution:
    """The resolution of one group from all its events.

    An adjudication outranks reviewers, the latest reviewer outranks imported labels; a surplus answer
    (given after another person had settled the group) counts as a review and settles nothing. Imported
    labels that contradict each other leave the group open.
    """
    standing = standing_decisions(events)
    reviews = [event for event in standing if event.source is not Source.IMPORT]
    settling = [event for event in reviews if not event.surplus]
    rulings = [event for event in settling if event.kind is EventKind.ADJUDICATE]
    if rulings or settling:
        last = (rulings or settling)[-1]
        return Resolution(last.class_id, last.kind is EventKind.CANNOT_TELL, len(reviews), last.id)
    imported = [event for event in standing if event.source is Source.IMPORT]
    if imported and len({event.class_id for event in imported}) == 1:
        return Resolution(imported[-1].class_id, cannot_tell=False, review_count=len(reviews), event_id=imported[-1].id)
    return Resolution(None, cannot_tell=False, review_count=len(reviews), event_id=None)


def _who_said(event: Event) -> object:
    """Whose later statement takes the place of this one: the person, or the record of an imported label."""
    if event.source is not Source.IMPORT:
        return event.actor_id
    return event.record if event.record is not None else -event.id
