"""Routing everything anew, with blind audits drawn from what is newly auto-accepted."""

from sqlite_utils import Database

from hitl.domain.identity import unit_interval
from hitl.domain.people import SYSTEM
from hitl.store.connection import fetch_value
from hitl.store.derived import CHAMPION, refresh_queue, reroute_everything
from hitl.store.policies import add_draws, add_frame, current_policy, last_release_id, released_groups_since


def reroute_and_audit(db: Database, *, at: str) -> None:
    """Route all items by the champion and the policy; each group released by that is audited at the policy's rate.

    A draw depends on a hash of the policy, the release and the group alone, so it can be repeated. Writes: item_state,
    releases, release_ends, queue, frames, draws.
    """
    last = last_release_id(db)
    reroute_everything(db, at=at)
    policy = current_policy(db)
    rate = policy.audit_rate
    released = released_groups_since(db, last)
    chosen = [group_id for group_id in released if unit_interval("audit", policy.id, last, group_id) < rate]
    if not chosen:
        return
    frame_id = add_frame(
        db,
        version_id=fetch_value(db, f"SELECT {CHAMPION}"),
        policy_id=policy.id,
        region="auto_accept",
        population=len(released),
        request_id=f"audit-{last}-{policy.id}",
        actor_id=SYSTEM.id,
        at=at,
    )
    add_draws(db, frame_id, chosen, purpose="audit", inclusion_probability=rate, at=at)
    refresh_queue(db, group_ids=chosen)
