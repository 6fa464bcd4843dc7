"""Route: the policy sends what the model is sure of out, and the rest to people."""

import random
from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from hitl.access import require
from hitl.domain.audit import Details
from hitl.domain.clock import utc_text
from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.domain.records import Policy
from hitl.ml.strategies.registry import STRATEGIES
from hitl.store import policies as store
from hitl.store.audit import append
from hitl.store.connection import write_transaction
from hitl.store.derived import refresh_queue
from hitl.store.field_covers import index_in_steps
from hitl.store.routing import begin_routing, find_routing, route_at_once, route_in_steps
from hitl.store.scopes import of_groups
from hitl.store.versions import champion_id

PURPOSES = ("test", "audit")


def set_policy(
    db: Database,
    *,
    threshold: float,
    audit_rate: float,
    lease_seconds: int,
    query_strategy: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Policy:
    """Put a new policy in force, and route every item by it where there are few.

    In a large project ``finish_routing`` does that, in a job. Writes: policies, routing; and as ``finish_routing``.

    Raises
    ------
    BadInput
        A value is out of its range, or the reason is missing.
    """
    require(actor, Permission.SET_POLICY)
    _check(threshold, audit_rate, lease_seconds, query_strategy, reason)
    with write_transaction(db):
        policy_id = store.add_policy(
            db,
            threshold=threshold,
            audit_rate=audit_rate,
            reviews_required=1,
            lease_seconds=lease_seconds,
            query_strategy=query_strategy,
            reason=reason.strip(),
            actor_id=actor.id,
            at=utc_text(now),
        )
        append(db, actor, "set_policy", subject=f"policy:{policy_id}", now=now)
        begin_routing(db, at=utc_text(now))
        route_at_once(db, at=utc_text(now))
        return store.current_policy(db)


def finish_routing(
    db: Database,
    *,
    now: datetime,
    tick: Callable[[float, str], None] = lambda share, note: None,  # noqa: ARG005
) -> None:
    """Route what is not routed yet, and fill the search, in small steps; goes on where another run stopped.

    System only: what is to be routed was asked for by a promotion, a policy or an import, which were permitted.
    Writes: item_state, releases, release_ends, queue, frames, draws, routing, items_fts, indexing.
    """
    route_in_steps(db, at=utc_text(now), tick=tick)
    index_in_steps(db, tick=tick)


def find_unfinished_routing(db: Database) -> str | None:
    """What names the routing that is not finished, for the job that finishes it; None when all is routed.

    Changes nothing.
    """
    found = find_routing(db)
    return f"reroute-{found.begun_at}" if found else None


def draw_items(
    db: Database, *, purpose: str, count: int, request_id: str, actor: Actor, now: datetime, rng: random.Random
) -> int:
    """Draw groups at random from all that nobody has looked at, for blind review; returns how many.

    Drawn for ``test`` they measure every version and are never trained on; drawn for ``audit`` they
    measure the present one. The same request draws once, and returns 0 from then on.
    Writes: frames, draws, test_groups, queue.

    Raises
    ------
    BadInput
        The purpose is unknown, or nothing is left to draw from.
    """
    require(actor, Permission.SET_POLICY)
    if purpose not in PURPOSES or count < 1:
        raise BadInput(_("Draw at least one item, for one of {purposes}.").format(purposes=", ".join(PURPOSES)))
    with write_transaction(db):
        if store.find_frame(db, request_id) is not None:
            return 0
        population = store.drawable_groups(db)
        if not population:
            raise BadInput(_("Every item has been looked at or drawn already; there is nothing left to draw from."))
        chosen = sorted(rng.sample(population, min(count, len(population))))
        frame_id = _add_frame(
            db, region="unanswered", population=len(population), request_id=request_id, actor_id=actor.id, now=now
        )
        drawn = store.add_draws(
            db,
            frame_id,
            chosen,
            purpose=purpose,
            inclusion_probability=len(chosen) / len(population),
            at=utc_text(now),
        )
        details: Details = {"groups": drawn, "population": len(population), "purpose": purpose}
        append(db, actor, "draw_items", subject=f"frame:{frame_id}", details=details, now=now)
        refresh_queue(db, of_groups(chosen))
    return drawn


def _add_frame(db: Database, *, region: str, population: int, request_id: str, actor_id: int, now: datetime) -> int:
    return store.add_frame(
        db,
        version_id=champion_id(db),
        policy_id=store.current_policy(db).id,
        region=region,
        population=population,
        request_id=request_id,
        actor_id=actor_id,
        at=utc_text(now),
    )


def _check(threshold: float, audit_rate: float, lease_seconds: int, query_strategy: str, reason: str) -> None:
    if not 0 <= threshold <= 1:
        raise BadInput(_("The threshold is a share from 0 to 1; found {threshold}.").format(threshold=threshold))
    if not 0 <= audit_rate <= 1:
        raise BadInput(_("The audit rate is a share from 0 to 1; found {audit_rate}.").format(audit_rate=audit_rate))
    if lease_seconds < 10:
        raise BadInput(
            _("A lease lasts at least 10 seconds; found {lease_seconds}.").format(lease_seconds=lease_seconds)
        )
    if query_strategy not in STRATEGIES:
        raise BadInput(
            _("There is no query strategy '{query_strategy}'. Choose one of {strategies}.").format(
                query_strategy=query_strategy, strategies=", ".join(STRATEGIES)
            )
        )
    if not reason.strip():
        raise BadInput(_("Say why the policy changes; the team reads it in the history."))
