"""Review: people claim flagged items and decide; every answer is one event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Event, EventKind, Source
from hitl.domain.resolution import standing_decisions
from hitl.store import assignments as leases
from hitl.store.assignments import Assignment
from hitl.store.audit import append, append_decision, span_of
from hitl.store.connection import write_transaction
from hitl.store.derived import is_sent_back, item_state_of, refresh_group
from hitl.store.events import add_event, find_event, group_events, standing_skips
from hitl.store.policies import current_policy
from hitl.store.projects import active_classes

LONGEST_COMMENT = 2_000
COMMITTED = "committed"
SURPLUS = "surplus"
_ACTS = {EventKind.LABEL: "decide", EventKind.CANNOT_TELL: "cannot_tell", EventKind.SKIP: "skip"}


@dataclass(frozen=True)
class Shown:
    """The prediction a reviewer saw; None stands for a blind review or no model.

    ``confidence`` is None where it is not known.
    """

    version_id: int
    class_id: int
    confidence: float | None


@dataclass(frozen=True)
class Answer:
    """What became of a request: committed, or surplus when another person had settled the group before."""

    request_id: str
    outcome: str
    message: str
    event_id: int


def claim(db: Database, *, actor: Actor, count: int = 1, now: datetime) -> list[Assignment]:
    """Up to ``count`` leases of the actor: the open ones, renewed, then new ones from the head of the queue.

    Nobody else is given these groups until the leases end or expire. Writes: assignments.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        at = utc_text(now)
        expires_at = utc_text(now + timedelta(seconds=current_policy(db).lease_seconds))
        leases.expire_leases(db, at=at)
        leases.release_answered(db, actor_id=actor.id, at=at)
        leases.renew_leases(db, actor_id=actor.id, expires_at=expires_at)
        missing = count - len(leases.open_assignments(db, actor.id))
        for group_id, item_id in leases.next_groups(db, actor_id=actor.id, count=max(missing, 0)):
            leases.add_assignment(
                db, group_id=group_id, item_id=item_id, actor_id=actor.id, leased_at=at, expires_at=expires_at
            )
        return leases.open_assignments(db, actor.id)[:count]


def decide(
    db: Database,
    *,
    actor: Actor,
    request_id: str,
    item_id: int,
    class_id: int,
    shown: Shown | None = None,
    assignment_id: int | None = None,
    comment: str = "",
    now: datetime,
) -> Answer:
    """Label the item's group; the same request again is answered again and written once.

    Without an assignment it is a correction and stands at once. With a lease that was lost to another
    person's decision it is kept as surplus: a second opinion that settles nothing. Writes: events,
    assignments, item_state, queue, releases, release_ends.

    Raises
    ------
    NotFound
        The item is not there, or was replaced by a later revision.
    BadInput
        The class is not one of the project's, or the comment is too long.
    Conflict
        The request id was used before: by somebody else, or for something else.
    """
    return _answer(
        db,
        _Request(
            actor,
            EventKind.LABEL,
            request_id,
            item_id,
            assignment_id,
            now,
            class_id=class_id,
            shown=shown,
            comment=comment,
        ),
    )


def cannot_tell(
    db: Database,
    *,
    actor: Actor,
    request_id: str,
    item_id: int,
    shown: Shown | None = None,
    assignment_id: int | None = None,
    comment: str = "",
    now: datetime,
) -> Answer:
    """Settle the item's group as one that can't be told; it leaves the queue without a label.

    Writes and raises as ``decide``.
    """
    return _answer(
        db,
        _Request(
            actor,
            EventKind.CANNOT_TELL,
            request_id,
            item_id,
            assignment_id,
            now,
            shown=shown,
            comment=comment,
        ),
    )


def skip(
    db: Database, *, actor: Actor, request_id: str, item_id: int, assignment_id: int | None = None, now: datetime
) -> Answer:
    """Pass the item on: it stays in the queue for others, and for this actor until asked for again.

    Writes and raises as ``decide``.
    """
    return _answer(db, _Request(actor, EventKind.SKIP, request_id, item_id, assignment_id, now))


def undo(db: Database, *, actor: Actor, request_id: str, target_request_id: str, now: datetime) -> Answer:
    """Take back one's own decision; what stood before stands again, and the group is leased to the actor.

    Writes as ``decide``.

    Raises
    ------
    NotFound
        There is no such decision.
    Conflict
        It is somebody else's, or was undone before.
    """
    require(actor, Permission.REVIEW)
    at = utc_text(now)
    with write_transaction(db):
        target = find_event(db, target_request_id)
        if target is None:
            raise NotFound(_("The decision to undo is not there. Reload the page."))
        repeated = _repeated(db, actor, request_id, said=(EventKind.UNDO, target.item_id, target.id))
        if repeated:
            return repeated
        _check_undoable(db, target, actor)
        event_id = add_event(
            db,
            kind=EventKind.UNDO.value,
            source=Source.REVIEWER.value,
            actor_id=actor.id,
            group_id=target.group_id,
            item_id=target.item_id,
            request_id=request_id,
            target_id=target.id,
            at=at,
        )
        append_decision(db, actor, "undo", event_id=event_id, now=now)
        refresh_group(db, target.group_id, at=at)
        _lease_again(db, target.group_id, actor, now)
    return Answer(request_id, COMMITTED, "", event_id)


def return_skipped(db: Database, *, actor: Actor, request_id: str, now: datetime) -> int:
    """Bring the actor's skipped groups back to them; returns how many.

    Writes: events. A skip settles nothing, so nothing derived changes with it.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        skips = standing_skips(db, actor.id)
        added = [
            add_event(
                db,
                kind=EventKind.UNDO.value,
                source=Source.REVIEWER.value,
                actor_id=actor.id,
                group_id=event.group_id,
                item_id=event.item_id,
                request_id=f"{request_id}:{event.id}",
                target_id=event.id,
                at=utc_text(now),
            )
            for event in skips
        ]
        if added:
            append(db, actor, "return_skipped", details=span_of(added), now=now)
    return len(skips)


def release(db: Database, *, actor: Actor, assignment_ids: Sequence[int], now: datetime) -> None:
    """Give leases back without a decision.

    Writes: assignments.
    """
    require(actor, Permission.REVIEW)
    with write_transaction(db):
        leases.release_assignments(db, actor_id=actor.id, assignment_ids=list(assignment_ids), at=utc_text(now))


@dataclass(frozen=True)
class _Request:
    actor: Actor
    kind: EventKind
    request_id: str
    item_id: int
    assignment_id: int | None
    now: datetime
    class_id: int | None = None
    shown: Shown | None = None
    comment: str = ""


def _answer(db: Database, request: _Request) -> Answer:
    require(request.actor, Permission.REVIEW)
    actor, at = request.actor, utc_text(request.now)
    _check_comment(request.comment)
    with write_transaction(db):
        repeated = _repeated(db, actor, request.request_id, said=(request.kind, request.item_id, None))
        if repeated:
            return repeated
        _check_class(db, request.class_id)
        group_id = _group_of(db, request.item_id)
        late = request.kind is not EventKind.SKIP and _is_settled_by_other(db, group_id, actor, request.assignment_id)
        event_id = add_event(
            db,
            kind=request.kind.value,
            source=Source.REVIEWER.value,
            actor_id=actor.id,
            group_id=group_id,
            item_id=request.item_id,
            class_id=request.class_id,
            request_id=request.request_id,
            surplus=late,
            comment=request.comment.strip(),
            at=at,
            **_shown_columns(db, group_id, request.shown),
        )
        end = leases.end_own_lease if request.kind is EventKind.SKIP else leases.end_group_leases
        end(db, group_id=group_id, actor_id=actor.id, at=at)
        append_decision(db, actor, _ACTS[request.kind], event_id=event_id, now=request.now)
        refresh_group(db, group_id, at=at)
    return _told(request.request_id, event_id, surplus=late)


def _check_comment(comment: str) -> None:
    if len(comment) > LONGEST_COMMENT:
        raise BadInput(
            _("The comment has {comment_count:,} characters; {longest_comment:,} fit. Shorten it.").format(
                comment_count=len(comment), longest_comment=LONGEST_COMMENT
            )
        )


def _check_class(db: Database, class_id: int | None) -> None:
    if class_id is not None and class_id not in {label_class.id for label_class in active_classes(db)}:
        raise BadInput(_("That class is not in use in this project. Reload the page to see the present classes."))


_Said = tuple[EventKind, int | None, int | None]
"""Kind, item and target: a repeated request has the same; of a double click on two classes the first one counts."""


def _repeated(db: Database, actor: Actor, request_id: str, *, said: _Said) -> Answer | None:
    event = find_event(db, request_id)
    if event is None:
        return None
    if event.actor_id != actor.id:
        raise Conflict(_("This request was made by somebody else. Reload the page and decide again."))
    if (event.kind, event.item_id, event.target_id) != said:
        raise Conflict(_("This request id was used before, for something else. Reload the page and decide again."))
    return _told(request_id, event.id, surplus=event.surplus)


def _told(request_id: str, event_id: int, *, surplus: bool) -> Answer:
    if surplus:
        kept = _("Somebody else had decided this item before; your answer is kept as a second opinion.")
        return Answer(request_id, SURPLUS, kept, event_id)
    return Answer(request_id, COMMITTED, "", event_id)


def _group_of(db: Database, item_id: int) -> int:
    state = item_state_of(db, item_id)
    if state is None:
        raise NotFound(_("The item is not there any more; a later import may have replaced it. Reload the page."))
    return int(str(state["group_id"]))


def _is_settled_by_other(db: Database, group_id: int, actor: Actor, assignment_id: int | None) -> bool:
    if assignment_id is None or leases.holds_lease(db, assignment_id=assignment_id, actor_id=actor.id):
        return False
    if is_sent_back(db, group_id):
        return False  # what was decided before it was sent back settles nothing any more
    standing = standing_decisions(group_events(db, group_id))
    return any(e.source is not Source.IMPORT and e.actor_id != actor.id and not e.surplus for e in standing)


def _shown_columns(db: Database, group_id: int, shown: Shown | None) -> dict[str, Any]:
    if shown is None:
        return {"blind": leases.hides_prediction(db, group_id)}
    return {
        "shown_version_id": shown.version_id,
        "shown_class_id": shown.class_id,
        "shown_confidence": shown.confidence,
    }


def _check_undoable(db: Database, target: Event, actor: Actor) -> None:
    if target.actor_id != actor.id:
        raise Conflict(_("Only your own decisions can be undone. Correct the item instead."))
    if any(event.target_id == target.id for event in group_events(db, target.group_id)):
        raise Conflict(_("That decision is undone already."))


def _lease_again(db: Database, group_id: int, actor: Actor, now: datetime) -> None:
    item_id = leases.in_queue(db, group_id)
    leases.expire_leases(db, at=utc_text(now))
    if item_id is None or leases.holder_of(db, group_id) is not None:
        return
    expires_at = utc_text(now + timedelta(seconds=current_policy(db).lease_seconds))
    leases.add_assignment(
        db, group_id=group_id, item_id=item_id, actor_id=actor.id, leased_at=utc_text(now), expires_at=expires_at
    )
