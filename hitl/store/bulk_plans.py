"""The plan of a bulk act: which groups it will change, each by one of its items, in parts of many groups.

A part is one compressed array, so that a plan of a million groups is written in some milliseconds; each step of the
act reads the part that it is at.
"""

import zlib

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.store.connection import fetch_all

PART_GROUPS = 20_000
Plan = npt.NDArray[np.int32]
"""Shape (n_groups, 2): group and item, by rising group."""


def add_plan(db: Database, act_id: int, plan: Plan) -> None:
    """Write the plan of an act. Writes: bulk_plans."""
    parts = [plan[begin : begin + PART_GROUPS] for begin in range(0, len(plan), PART_GROUPS)]
    db.conn.executemany(
        "INSERT INTO bulk_plans(act_id, last_group_id, body) VALUES (?, ?, ?)",
        [(act_id, int(part[-1, 0]), _packed(part)) for part in parts],
    )


def planned_pairs(db: Database, act_id: int, *, after: int, limit: int) -> list[list[int]]:
    """The next groups of a plan after a group, each with its item; ``limit`` is at most ``PART_GROUPS``."""
    parts = fetch_all(
        db,
        "SELECT body FROM bulk_plans WHERE act_id = ? AND last_group_id > ? ORDER BY last_group_id LIMIT 2",
        (act_id, after),
    )
    if not parts:
        return _pairs_of_older_act(db, act_id, after=after, limit=limit)
    plan = np.concatenate([_unpacked(part["body"]) for part in parts])
    begin = int(np.searchsorted(plan[:, 0], after, side="right"))
    pairs: list[list[int]] = plan[begin : begin + limit].tolist()
    return pairs


def _pairs_of_older_act(db: Database, act_id: int, *, after: int, limit: int) -> list[list[int]]:
    """Of an act that was planned with a row for each group."""
    rows = fetch_all(
        db,
        "SELECT group_id, item_id FROM bulk_act_groups WHERE act_id = ? AND group_id > ? ORDER BY group_id LIMIT ?",
        (act_id, after, limit),
    )
    return [[row["group_id"], row["item_id"]] for row in rows]


def _packed(part: Plan) -> bytes:
    """Differences from row to row, which are small, so that little is left when they are compressed."""
    return zlib.compress(np.diff(part, axis=0, prepend=np.int32(0)).astype("<i4").tobytes(), level=1)


def _unpacked(body: bytes) -> Plan:
    steps = np.frombuffer(zlib.decompress(body), dtype="<i4").reshape(-1, 2)
    return np.cumsum(steps, axis=0, dtype=np.int32)
