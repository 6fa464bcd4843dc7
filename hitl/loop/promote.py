"""Promote: which version predicts now, and the way back.

That a version predicts is one short transaction. Every item is routed by it in small steps after that, and predictions
that nobody needs any more are removed in small steps; a run that was cut off is gone on with by the same request, or by
the job that finishes a routing.
"""

from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NoModel
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Version
from hitl.domain.redaction import retired_sentence
from hitl.store import versions as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.routing import begin_routing, route_at_once, route_in_steps


def promote(
    db: Database,
    *,
    version_id: int,
    reason: str,
    request_id: str,
    actor: Actor,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> None:
    """Make a version the champion and route every item by it; the same request is done once, and to its end.

    Its predictions must be there. ``tick(share, note)`` is called between steps and may raise to stop.
    Writes: promotions, routing, item_state, releases, release_ends, queue, frames, draws; removes the predictions of
    trained versions other than the champion, the one before and the newest.

    Raises
    ------
    BadInput
        The reason is missing.
    Conflict
        It is the champion already, is retired, or has not answered every item yet.
    """
    require(actor, Permission.PROMOTE)
    if not reason.strip():
        raise BadInput(_("Say why this version is promoted; the team reads it in the history."))
    if store.find_promotion(db, request_id) is None:
        _check_answered(db, version_id)
    with write_transaction(db):
        if store.find_promotion(db, request_id) is None:
            version = store.read_version(db, version_id)
            if store.champion_id(db) == version_id:
                raise Conflict(_("{name} is the champion already.").format(name=version.name))
            _take_over(db, version, "promote", reason.strip(), request_id=request_id, actor=actor, now=now)
    route_in_steps(db, at=utc_text(now), tick=tick)
    store.prune_in_steps(db, _kept(db), tick=tick)


def roll_back(
    db: Database,
    *,
    reason: str,
    request_id: str,
    actor: Actor,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> int:
    """Return to the champion before, and route every item by it; returns that version.

    Writes as ``promote``, but removes no predictions: the version left behind may be wanted again.

    Raises
    ------
    NoModel
        There is no champion before this one.
    Conflict
        The champion before is retired, or has not answered every item yet.
    """
    require(actor, Permission.PROMOTE)
    wanted = store.champion_before(db)
    if wanted is not None and store.find_promotion(db, request_id) is None:
        _check_answered(db, wanted)
    with write_transaction(db):
        version_id = store.find_promotion(db, request_id)
        if version_id is None:
            version_id = store.champion_before(db)
            if version_id is None:
                raise NoModel(_("There is no earlier champion to return to. Train and promote another version first."))
            if version_id != wanted:
                raise Conflict(_("Another version was brought into use meanwhile. Look at it, then roll back again."))
            why = reason.strip() or _("Rolled back")
            version = store.read_version(db, version_id)
            _take_over(db, version, "rollback", why, request_id=request_id, actor=actor, now=now)
    route_in_steps(db, at=utc_text(now), tick=tick)
    return version_id


def _take_over(
    db: Database, version: Version, kind: str, reason: str, *, request_id: str, actor: Actor, now: datetime
) -> None:
    at = utc_text(now)
    store.add_promotion(
        db, version_id=version.id, kind=kind, reason=reason, request_id=request_id, actor_id=actor.id, at=at
    )
    append(db, actor, "promote" if kind == "promote" else "roll_back", subject=f"version:{version.id}", now=now)
    begin_routing(db, at=at)
    route_at_once(db, at=at)


def _check_answered(db: Database, version_id: int) -> None:
    """Counted before anything is locked: items that come in meanwhile wait for their answers as new ones always do."""
    version = store.read_version(db, version_id)
    if version.is_retired:
        raise Conflict(retired_sentence(version.name))
    missing = store.unpredicted_count(db, version_id) if version.kind == "trained" else 0
    if missing:
        raise Conflict(
            _(
                "{name} has not answered {missing:,} items yet. Let it predict them first: the Versions "
                "page does so when you promote it there."
            ).format(name=version.name, missing=missing)
        )


def _kept(db: Database) -> list[int]:
    newest = max((version.id for version in store.list_versions(db)), default=None)
    keep = [store.champion_id(db), store.champion_before(db), newest]
    return [version_id for version_id in keep if version_id is not None]
