"""Promote: which version predicts now, and the way back."""

from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput, Conflict, NoModel
from hitl.domain.people import Actor, Permission
from hitl.store import versions as store
from hitl.store.audits import reroute_and_audit
from hitl.store.connection import write_transaction


def promote(db: Database, *, version_id: int, reason: str, request_id: str, actor: Actor, now: datetime) -> None:
    """Make a version the champion and route every item by it; the same request is done once.

    Its predictions must be there. Writes: promotions, item_state, releases, release_ends, queue, frames, draws; removes
    the predictions of trained versions other than the champion, the one before and the newest.

    Raises
    ------
    BadInput
        The reason is missing.
    Conflict
        It is the champion already, or has not answered every item yet.
    """
    require(actor, Permission.PROMOTE)
    if not reason.strip():
        raise BadInput("Say why this version is promoted; the team reads it in the history.")
    with write_transaction(db):
        if store.find_promotion(db, request_id) is not None:
            return
        version = store.read_version(db, version_id)
        before = store.champion_id(db)
        if before == version_id:
            raise Conflict(f"{version.name} is the champion already.")
        _check_answered(db, version_id, kind=version.kind, name=version.name)
        at = utc_text(now)
        store.add_promotion(
            db,
            version_id=version_id,
            kind="promote",
            reason=reason.strip(),
            request_id=request_id,
            actor_id=actor.id,
            at=at,
        )
        reroute_and_audit(db, at=at)
        _prune(db)


def roll_back(db: Database, *, reason: str, request_id: str, actor: Actor, now: datetime) -> int:
    """Return to the champion before, and route every item by it; returns that version.

    Writes as ``promote``, but removes no predictions: the version left behind may be wanted again.

    Raises
    ------
    NoModel
        There is no champion before this one.
    Conflict
        The champion before has not answered every item yet.
    """
    require(actor, Permission.PROMOTE)
    with write_transaction(db):
        repeated = store.find_promotion(db, request_id)
        if repeated is not None:
            return repeated
        version_id = store.champion_before(db)
        if version_id is None:
            raise NoModel("There is no earlier champion to return to. Train and promote another version first.")
        version = store.read_version(db, version_id)
        _check_answered(db, version_id, kind=version.kind, name=version.name)
        at = utc_text(now)
        store.add_promotion(
            db,
            version_id=version_id,
            kind="rollback",
            reason=reason.strip() or "Rolled back",
            request_id=request_id,
            actor_id=actor.id,
            at=at,
        )
        reroute_and_audit(db, at=at)
    return version_id


def _check_answered(db: Database, version_id: int, *, kind: str, name: str) -> None:
    missing = store.unpredicted_count(db, version_id)
    if missing and kind == "trained":
        raise Conflict(
            f"{name} has not answered {missing:,} items yet. Let it predict them first: the Versions page does "
            "so when you promote it there."
        )


def _prune(db: Database) -> None:
    newest = max(version.id for version in store.list_versions(db))
    keep = [store.champion_id(db), store.champion_before(db), newest]
    store.prune_predictions(db, [version_id for version_id in keep if version_id is not None])
