"""Routing all items in small steps: each takes the next items by id, and is whole or has not happened.

    begin_routing   in the transaction of the fact that asks for it: a promotion, a policy, a class out of use
    route_next      the next items: routes, releases, audits, queue, and how far it has come
    no row left     every item is routed as the champion and the policy in force say

Each step routes by the champion and the policy of that moment. A new fact meanwhile begins anew from the first item.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.domain.clock import parse_utc
from hitl.domain.identity import unit_interval
from hitl.domain.language import _
from hitl.domain.pacing import Pace
from hitl.domain.people import SYSTEM
from hitl.store.audit import append
from hitl.store.connection import fetch_all, fetch_one, fetch_value, small_steps, write_transaction
from hitl.store.derived import CHAMPION, refresh_queue, settle_scope
from hitl.store.item_changes import note_change
from hitl.store.policies import add_draws, add_frame, current_policy, last_release_id
from hitl.store.scopes import of_items

FEW_ITEMS = 2_000


@dataclass(frozen=True)
class RoutingProgress:
    """A routing under way: items up to ``routed_to`` are done, ``last_item_id`` is the last there is."""

    routed_to: int
    last_item_id: int
    begun_at: str

    @property
    def share(self) -> float:
        """The part that is done, in [0, 1]."""
        return min(self.routed_to / self.last_item_id, 1.0) if self.last_item_id else 0.0


def begin_routing(db: Database, *, at: str, after: int = 0) -> None:
    """Note that every item is to be routed, or those with ids above ``after`` where the others are routed already.

    Writes: routing.
    """
    db.execute(
        """
        INSERT INTO routing(id, routed_to, since_release_id, begun_at) VALUES (1, :after, :last, :at)
        ON CONFLICT(id) DO UPDATE SET routed_to = min(routed_to, excluded.routed_to),
            begun_at = excluded.begun_at,
            since_release_id = CASE excluded.routed_to WHEN 0 THEN excluded.since_release_id ELSE since_release_id END
        """,
        {"after": after, "last": last_release_id(db), "at": at},
    )


def find_routing(db: Database) -> RoutingProgress | None:
    """How far the routing of all items is, or None when all are routed."""
    row = fetch_one(
        db,
        "SELECT routed_to, (SELECT coalesce(max(item_id), 0) FROM item_state) AS last_item_id, begun_at FROM routing",
    )
    return RoutingProgress(**row) if row else None


def route_next(db: Database, *, count: int, at: str) -> int:
    """Route the next items of the routing under way; how many, 0 when there is none or it has come to its end.

    Each group released by it for the first time since the routing began is audited at the policy's rate.
    Writes: item_state, releases, release_ends, queue, frames, draws, routing; audit_log at its end.
    """
    with write_transaction(db):
        under_way = fetch_one(db, "SELECT routed_to, since_release_id FROM routing")
        if under_way is None:
            return 0
        after = under_way["routed_to"]
        found = fetch_one(
            db,
            "SELECT count(*) AS count, max(item_id) AS last FROM ("
            " SELECT item_id FROM item_state WHERE item_id > ? ORDER BY item_id LIMIT ?)",
            (after, count),
        )
        if found is None or not found["count"]:
            db.execute("DELETE FROM routing")
            _record(db, since=under_way["since_release_id"], at=at)
            return 0
        _route_range(db, after, found["last"], since=under_way["since_release_id"], at=at)
        db.execute("UPDATE routing SET routed_to = ?", (found["last"],))
        return int(found["count"])


def route_at_once(db: Database, *, at: str) -> None:
    """Finish the routing under way when that is a matter of an instant; leave it to a job when there are many items.

    Writes: as ``route_next``.
    """
    few = fetch_value(db, "SELECT count(*) FROM (SELECT 1 FROM item_state LIMIT ?)", (FEW_ITEMS + 1,)) <= FEW_ITEMS
    while few and route_next(db, count=FEW_ITEMS, at=at):
        pass


def route_in_steps(db: Database, *, at: str, tick: Callable[[float, str], None], pace: Pace | None = None) -> None:
    """Finish the routing under way, in transactions so small that nobody waits long; ``tick`` may raise to stop.

    Writes: as ``route_next``.
    """
    pace = pace or Pace()
    with small_steps(db) as tidy:
        while pace.take(lambda count: route_next(db, count=count, at=at)):
            tidy()
            found = find_routing(db)
            if found:
                tick(found.share, _("Routing all items, {share}").format(share=f"{found.share * 100:.0f} %"))


def _record(db: Database, *, since: int, at: str) -> None:
    """Note that all items are routed, and which answers were given meanwhile."""
    last = last_release_id(db)
    span = {"first_release": since + 1, "last_release": last} if last > since else {}
    append(db, SYSTEM, "route", details={"releases": last - since, **span}, now=parse_utc(at))


def _route_range(db: Database, after: int, last: int, *, since: int, at: str) -> None:
    scope, before = of_items(after, last), last_release_id(db)
    settle_scope(db, scope, at=at)
    _audit(db, _first_released(db, since=since, before=before), since=since, before=before, at=at)
    refresh_queue(db, scope)
    _note_mates(db, after, last)


def _note_mates(db: Database, after: int, last: int) -> None:
    """Note that items outside the range changed, which share a group and so its place in the queue with one inside.

    CROSS JOIN keeps SQLite from walking through all items, group by group.
    """
    mates = fetch_all(
        db,
        """
        SELECT DISTINCT mate.group_id FROM item_state AS state CROSS JOIN item_state AS mate USING (group_id)
        WHERE state.item_id > :after AND state.item_id <= :last AND mate.item_id NOT BETWEEN :after + 1 AND :last
        """,
        {"after": after, "last": last},
    )
    note_change(db, [row["group_id"] for row in mates])


def _first_released(db: Database, *, since: int, before: int) -> list[int]:
    """Groups released in this step, by id, that no draw holds and no earlier step of this routing released."""
    rows = fetch_all(
        db,
        """
        SELECT DISTINCT items.group_id FROM releases CROSS JOIN items ON items.id = releases.item_id
        WHERE releases.id > :before
          AND NOT EXISTS (SELECT 1 FROM draws WHERE draws.group_id = items.group_id)
          AND NOT EXISTS (
            SELECT 1 FROM items AS mate CROSS JOIN releases AS earlier ON earlier.item_id = mate.id
            WHERE mate.group_id = items.group_id AND earlier.id > :since AND earlier.id <= :before)
        ORDER BY items.group_id
        """,
        {"since": since, "before": before},
    )
    return [row["group_id"] for row in rows]


def _audit(db: Database, released: list[int], *, since: int, before: int, at: str) -> None:
    """Draw some of the groups released; a hash of policy, routing and group decides, so it can be repeated.

    The frame is written where none is drawn, too: the populations of a routing's frames are all that it released.
    """
    policy = current_policy(db)
    rate = policy.audit_rate
    if not released or not rate:
        return
    chosen = [group_id for group_id in released if unit_interval("audit", policy.id, since, group_id) < rate]
    frame_id = add_frame(
        db,
        version_id=fetch_value(db, f"SELECT {CHAMPION}"),
        policy_id=policy.id,
        region="auto_accept",
        population=len(released),
        request_id=f"audit-{before}-{policy.id}",
        actor_id=SYSTEM.id,
        at=at,
    )
    add_draws(db, frame_id, chosen, purpose="audit", inclusion_probability=rate, at=at)
