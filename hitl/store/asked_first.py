"""Which groups are asked first: chosen from the queue and what is labelled, and kept as places in the queue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from hitl.store.connection import fetch_all
from hitl.store.derived import CHAMPION, SCATTER, refresh_queue
from hitl.store.scopes import of_groups
from hitl.store.snapshot_rows import last_group_id, spread_ids


@dataclass(frozen=True)
class WaitingGroup:
    """A flagged group in the queue, with the priority that it has by itself.

    Attributes
    ----------
    group_id, item_id : int
    priority : float, [0, 1]
    novelty : float, [0, 1)
        0 where no version answers.
    """

    group_id: int
    item_id: int
    priority: float
    novelty: float


def waiting_groups(db: Database, *, limit: int, scattered: bool) -> list[WaitingGroup]:
    """Flagged groups that wait, by their own priority; those that were asked first before are among them.

    Drawn and sent-back groups are not: their places are not changed.

    Parameters
    ----------
    limit : int
        So many from the head of the queue, or a hash of their ids picks them from all of it.
    scattered : bool
    """
    order = SCATTER.replace("state.", "queue.") if scattered else "queue.priority"
    rows = fetch_all(
        db,
        f"""
        SELECT state.group_id, state.item_id, coalesce(prediction.priority, {SCATTER}) AS priority,
            coalesce(prediction.novelty, 0.0) AS novelty
        FROM (SELECT item_id FROM queue WHERE route NOT IN ('audit', 'second_look')
              ORDER BY {order} LIMIT :limit) AS near
        CROSS JOIN item_state AS state USING (item_id)
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        UNION
        SELECT state.group_id, state.item_id, coalesce(prediction.priority, {SCATTER}),
            coalesce(prediction.novelty, 0.0)
        FROM asked_first CROSS JOIN queue USING (group_id) CROSS JOIN item_state AS state USING (item_id)
        LEFT JOIN predictions AS prediction
            ON prediction.item_id = state.item_id AND prediction.version_id = {CHAMPION}
        WHERE queue.route NOT IN ('audit', 'second_look')
        ORDER BY priority, group_id
        """,
        {"limit": limit},
    )
    return [WaitingGroup(**row) for row in rows]


def labelled_groups(db: Database, *, limit: int) -> list[tuple[int, int]]:
    """(item_id, class_id) of the groups labelled last, the oldest label first; those kept for testing are left out."""
    rows = fetch_all(
        db,
        """
        SELECT min(state.item_id) AS item_id, state.resolved_class_id AS class_id
        FROM (SELECT group_id, max(id) AS last FROM (
                SELECT group_id, id FROM events WHERE kind IN ('label', 'adjudicate')
                    AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = events.group_id)
                ORDER BY id DESC LIMIT :looked_at)
              GROUP BY group_id ORDER BY last DESC LIMIT :limit) AS latest
        CROSS JOIN item_state AS state USING (group_id)
        WHERE state.resolved_class_id IS NOT NULL
        GROUP BY latest.group_id ORDER BY latest.last
        """,
        {"looked_at": 2 * limit, "limit": limit},
    )
    return [(row["item_id"], row["class_id"]) for row in rows]


def spread_items(db: Database, *, limit: int) -> list[int]:
    """An item of each of some groups without a label, spread over all of them; those kept for testing are left out.

    Some fewer than ``limit``, where many are labelled or gone.
    """
    rows = fetch_all(
        db,
        """
        SELECT min(item_id) AS item_id FROM item_state AS state
        WHERE group_id IN (SELECT value FROM json_each(?)) AND resolved_class_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM test_groups WHERE test_groups.group_id = state.group_id)
        GROUP BY group_id ORDER BY group_id
        """,
        (json.dumps(spread_ids(last_group_id(db), limit)),),
    )
    return [row["item_id"] for row in rows]


def put_first(db: Database, priorities: Mapping[int, float], *, version_id: int | None) -> None:
    """Give some groups other places in the queue, and all others back their own.

    Writes: asked_first, queue.
    """
    before = [row["group_id"] for row in fetch_all(db, "SELECT group_id FROM asked_first")]
    db.execute("DELETE FROM asked_first")
    db.conn.executemany(
        "INSERT INTO asked_first(group_id, version_id, priority) VALUES (?, ?, ?)",
        [(group_id, version_id, priority) for group_id, priority in priorities.items()],
    )
    refresh_queue(db, of_groups(sorted({*before, *priorities})))
