"""How much a project holds, in three counts."""

from dataclasses import dataclass

import numpy as np
from sqlite_utils import Database

from hitl.store.columns import EventFlag, read_events
from hitl.store.connection import fetch_value
from hitl.store.item_counts import count_items


@dataclass(frozen=True)
class Counts:
    """Items as they stand, decisions of people (undone ones too), and model versions."""

    item_count: int
    decision_count: int
    version_count: int


def count_holdings(db: Database) -> Counts:
    """What is in a project."""
    events = read_events(db)
    return Counts(
        item_count=count_items(db),
        decision_count=int(np.count_nonzero(events.has(EventFlag.BY_PERSON) & ~events.has(EventFlag.BY_RULE))),
        version_count=int(fetch_value(db, "SELECT count(*) FROM versions")),
    )
