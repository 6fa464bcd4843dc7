"""Bulk: one decision for many items, as one act that one undo takes back.

    begin_act   fixes which groups the act is about       go_on_undoing   takes back the next of them
    go_on       does the next of them                     undo_act        says that the act shall not stand
    finish_act, finish_undoing: all of it while the asker waits

Each step is a transaction of its own, so that people go on deciding meanwhile, and whatever stops an act it goes on
where it was. Call ``go_on`` until ``ended``, with the progress it gave before.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NotFound
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import EventKind, Source
from hitl.store import assignments as leases
from hitl.store import bulk as store
from hitl.store.audit import append
from hitl.store.bulk import Asked, BulkActRow, Candidate
from hitl.store.bulk_judgement import Judgement, judge_items
from hitl.store.connection import write_transaction
from hitl.store.derived import refresh_groups
from hitl.store.events import add_event, latest_event_id
from hitl.store.projects import active_classes

LONGEST_COMMENT = 2_000
AT_ONCE = 500
"""Acts on up to so many groups are done while their asker waits; larger ones in the background."""
STEP_GROUPS = 50
"""How many groups a step is about, where nobody measures how long it locks."""

BegunAct = BulkActRow
"""An act as ``begin_act`` and ``undo_act`` give it."""


@dataclass(frozen=True)
class BulkProgress:
    """How far an act, or its undoing, is, in groups; ``place`` is where it goes on."""

    done_count: int
    group_count: int
    ended: bool
    place: int = 0


def begin_act(
    db: Database,
    *,
    kind: BulkKind,
    class_id: int | None = None,
    item_ids: Iterable[int],
    selection: Mapping[str, object],
    comment: str = "",
    expected_count: int | None = None,
    request_id: str,
    actor: Actor,
    now: datetime,
) -> BegunAct:
    """The act that the request began, with the groups that it will change; the same request again finds it.

    ``selection`` says how the items were chosen, ``expected_count`` how many groups the asker was shown. Nothing is
    decided yet: call ``go_on``. Left out are items to be decided blind, those that somebody is deciding just now, and
    those that stand already as the act would have them.
    Writes: bulk_acts, bulk_plans.

    Raises
    ------
    BadInput
        No item would change, the class is not in use, or the comment is missing or too long.
    Conflict
        The request id is somebody else's, or another number of groups would change than was shown.
    """
    require(actor, Permission.BULK)
    asked = Asked(kind, class_id, actor.id, utc_text(now))
    known = store.find_act_of_request(db, request_id)
    if known:
        return _same(known, actor)
    _check(db, asked, comment)
    judged = judge_items(db, asked, item_ids)
    _check_count(judged, expected_count)
    values = {"selection": json.dumps(selection), "left_out": json.dumps(judged.left_out_counts)}
    values |= {"comment": comment.strip(), "request_id": request_id}
    plan = judged.plan
    with write_transaction(db):  # the plan is ready: nobody waits for its making
        known = store.find_act_of_request(db, request_id)
        if known:
            return _same(known, actor)
        act = _known(db, store.add_act(db, asked, plan, item_count=judged.item_count, **values))
        return _record(db, act, actor, "begin_bulk", kind=kind, groups=act.group_count, items=act.item_count, now=now)


def go_on(
    db: Database,
    *,
    act_id: int,
    before: BulkProgress | None = None,
    count: int = STEP_GROUPS,
    actor: Actor,
    now: datetime,
) -> BulkProgress:
    """How far the act is after its next groups; it has ended when none is left, or when it is undone.

    Without the progress ``before`` it finds out where it was. Writes: events, bulk_act_events, second_looks,
    assignments, item_state, queue, releases, release_ends, bulk_act_ends.

    Raises
    ------
    NotFound
        There is no such act.
    Conflict
        It is somebody else's.
    """
    require(actor, Permission.BULK)
    at = utc_text(now)
    with write_transaction(db):
        act = _own(db, act_id, actor)
        if act.done_count is not None or act.undo_request_id is not None:
            return BulkProgress(act.done_count or 0, act.group_count, ended=True)
        done_count, place = (before.done_count, before.place) if before else store.done_so_far(db, act.id)
        found = store.next_planned(
            db, Asked(act.kind, act.class_id, actor.id, at), act_id=act.id, after=place, limit=count
        )
        changed = [one for one in found if one.left_out is None]
        _change(db, act, changed, at=at)
        places = [one.group_id for one in found]
        progress = _progress(act, done_count + len(changed), places, place, is_last=len(places) < count)
        if progress.ended:
            store.add_end(db, act_id=act.id, step="done", group_count=progress.done_count, at=at)
            _record(db, act, actor, "end_bulk", groups=progress.done_count, **store.event_span(db, act.id), now=now)
        return progress


def finish_act(db: Database, *, act_id: int, actor: Actor, now: datetime) -> BulkProgress:
    """The act at its end. Writes and raises as ``go_on``."""
    require(actor, Permission.BULK)
    progress = go_on(db, act_id=act_id, actor=actor, now=now)
    while not progress.ended:
        progress = go_on(db, act_id=act_id, before=progress, actor=actor, now=now)
    return progress


def undo_act(db: Database, *, act_id: int, request_id: str, actor: Actor, now: datetime) -> BegunAct:
    """The act, which does nothing more from now on; ``go_on_undoing`` takes back what it did.

    What a model version sent back is nobody's own: whoever may do such acts may take it back. Decisions that people
    made since stand. The same request again changes nothing. Writes: bulk_undos.

    Raises
    ------
    NotFound
        There is no such act.
    Conflict
        It is somebody else's, or was undone before.
    """
    require(actor, Permission.BULK)
    with write_transaction(db):
        act = _own(db, act_id, actor)
        if act.undo_request_id is None:
            store.add_undo(db, act_id=act.id, request_id=request_id, actor_id=actor.id, at=utc_text(now))
            _record(db, act, actor, "undo_bulk", now=now)
        elif act.undo_request_id != request_id:
            raise Conflict(_("That is undone already."))
        return _known(db, act.id)


def go_on_undoing(
    db: Database,
    *,
    act_id: int,
    before: BulkProgress | None = None,
    count: int = STEP_GROUPS,
    actor: Actor,
    now: datetime,
) -> BulkProgress:
    """How far the undoing is after the next groups: what stood before the act stands again, or what was said since.

    Without the progress ``before`` it finds out where it was. Writes: events, second_look_ends, item_state, queue,
    releases, release_ends, bulk_act_ends.

    Raises
    ------
    NotFound
        There is no such act.
    Conflict
        It is somebody else's, or nobody asked to undo it.
    """
    require(actor, Permission.BULK)
    at = utc_text(now)
    with write_transaction(db):
        act = _own(db, act_id, actor)
        if act.undo_request_id is None:
            raise Conflict(_("Nobody asked to undo that."))
        if act.undone_count is not None:
            return BulkProgress(act.undone_count, act.group_count, ended=True)
        done_count, place = (before.done_count, before.place) if before else (store.count_undone(db, act.id), 0)
        taken = _take_back(db, act, after=place, count=count, at=at)
        refresh_groups(db, list(taken.values()), at=at)
        progress = _progress(act, done_count + len(taken), list(taken), place, is_last=len(taken) < count)
        if progress.ended:
            store.add_end(db, act_id=act.id, step="undone", group_count=progress.done_count, at=at)
            last = latest_event_id(db)
            _record(db, act, actor, "end_bulk_undo", groups=progress.done_count, last_event=last, now=now)
        return progress


def finish_undoing(db: Database, *, act_id: int, actor: Actor, now: datetime) -> BulkProgress:
    """The undoing at its end. Writes and raises as ``go_on_undoing``."""
    require(actor, Permission.BULK)
    progress = go_on_undoing(db, act_id=act_id, actor=actor, now=now)
    while not progress.ended:
        progress = go_on_undoing(db, act_id=act_id, before=progress, actor=actor, now=now)
    return progress


def _record(
    db: Database, act: BulkActRow, actor: Actor, name: str, *, now: datetime, **details: int | str
) -> BulkActRow:
    append(db, actor, name, subject=f"bulk:{act.id}", details=details, now=now)
    return act


def _progress(act: BulkActRow, done_count: int, places: list[int], place: int, *, is_last: bool) -> BulkProgress:
    return BulkProgress(done_count, act.group_count, ended=is_last, place=places[-1] if places else place)


def _check(db: Database, asked: Asked, comment: str) -> None:
    if len(comment) > LONGEST_COMMENT:
        sentence = _("The reason has {found} characters; {fit} fit. Shorten it.")
        raise BadInput(sentence.format(found=f"{len(comment):,}", fit=f"{LONGEST_COMMENT:,}"))
    if (asked.kind is BulkKind.CORRECT) != (asked.class_id is not None):
        raise BadInput(_("Say which class the items belong to; only a correction has one."))
    if asked.class_id is not None and asked.class_id not in {one.id for one in active_classes(db)}:
        raise BadInput(_("That class is not in use in this project. Reload the page to see the present classes."))


def _check_count(judged: Judgement, expected_count: int | None) -> None:
    if not judged.group_count:
        raise BadInput(_("None of these items would change. Choose others, or another answer."))
    if expected_count is not None and judged.group_count != expected_count:
        raise Conflict(_("Since you looked, what would change has changed. Nothing was done: look at it again."))


def _known(db: Database, act_id: int) -> BulkActRow:
    act = store.find_act(db, act_id)
    if act is None:
        raise NotFound(_("There is no bulk act {id}. The list on Explore shows those there are.").format(id=act_id))
    return act


def _own(db: Database, act_id: int, actor: Actor) -> BulkActRow:
    act = _known(db, act_id)
    if act.actor_id != actor.id and act.version_id is None:
        raise Conflict(
            _("Only one's own bulk act can be gone on with or undone. Ask who began it, or correct the items.")
        )
    return act


def _same(act: BulkActRow, actor: Actor) -> BulkActRow:
    if act.actor_id != actor.id:
        raise Conflict(_("This request was made by somebody else. Reload the page and choose again."))
    return act


def _change(db: Database, act: BulkActRow, changed: list[Candidate], *, at: str) -> None:
    group_ids = [one.group_id for one in changed]
    if act.kind is BulkKind.REVIEW:
        store.add_second_looks(db, act_id=act.id, group_ids=group_ids, after_event_id=latest_event_id(db), at=at)
    else:
        for one in changed:
            store.link_event(db, act_id=act.id, event_id=add_event(db, **_event(act, one), at=at))
            leases.end_group_leases(db, group_id=one.group_id, actor_id=act.actor_id, at=at)
    refresh_groups(db, group_ids, at=at)


def _event(act: BulkActRow, one: Candidate) -> dict[str, object]:
    kind = EventKind.CANNOT_TELL if act.kind is BulkKind.CANNOT_TELL else EventKind.LABEL
    class_id = one.predicted_id if act.kind is BulkKind.CONFIRM else act.class_id
    return {
        "kind": kind.value,
        "source": Source.REVIEWER.value,
        "actor_id": act.actor_id,
        "group_id": one.group_id,
        "item_id": one.item_id,
        "class_id": class_id,
        "request_id": f"{act.request_id}:{one.group_id}",
        "shown_version_id": one.version_id,
        "shown_class_id": one.predicted_id,
        "shown_confidence": one.confidence,
        "comment": act.comment,
    }


def _take_back(db: Database, act: BulkActRow, *, after: int, count: int, at: str) -> dict[int, int]:
    """Place → group of what is taken back next; places are event ids, or group ids of second looks."""
    if act.kind is BulkKind.REVIEW:
        looks = store.standing_looks(db, act.id, after=after, limit=count)
        store.end_looks(db, [look["id"] for look in looks], at=at)
        return {look["group_id"]: look["group_id"] for look in looks}
    events = store.standing_events(db, act.id, after=after, limit=count)
    for event in events:
        add_event(
            db,
            kind=EventKind.UNDO.value,
            source=Source.REVIEWER.value,
            actor_id=act.actor_id,
            group_id=event["group_id"],
            item_id=event["item_id"],
            request_id=f"{act.undo_request_id}:{event['id']}",
            target_id=event["id"],
            at=at,
        )
    return {event["id"]: event["group_id"] for event in events}
