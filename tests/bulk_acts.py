"""Bulk acts carried out to their end, as a page or the worker does."""

from hitl.loop.bulk import begin_act, go_on, go_on_undoing, undo_act


def bulk_act(small, kind, *, item_ids, actor=None, class_id=None, request_id=None, comment=""):
    """An act, begun and ended."""
    who = actor or small.actor
    act = begin_act(
        small.db,
        kind=kind,
        class_id=class_id,
        item_ids=item_ids,
        selection={"ticked": True},
        comment=comment,
        request_id=request_id or small.request(),
        actor=who,
        now=small.now(),
    )
    carry_out(go_on, small, act.id, who)
    return act


def take_back(small, act_id, *, actor=None, request_id=None):
    """The act's undoing, begun and ended."""
    who = actor or small.actor
    undo_act(small.db, act_id=act_id, request_id=request_id or small.request(), actor=who, now=small.now())
    return carry_out(go_on_undoing, small, act_id, who)


def undone_bulk_act(small, kind, *, item_ids):
    """An act that was undone."""
    act = bulk_act(small, kind, item_ids=item_ids)
    take_back(small, act.id)
    return act


def carry_out(step, small, act_id, actor):
    """The progress after the last of all steps."""
    progress = step(small.db, act_id=act_id, actor=actor, now=small.now())
    while not progress.ended:
        progress = step(small.db, act_id=act_id, before=progress, actor=actor, now=small.now())
    return progress
