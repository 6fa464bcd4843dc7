"""How much a project holds, in three counts."""

from dataclasses import dataclass

from sqlite_utils import Database

from hitl.store.connection import fetch_value


@dataclass(frozen=True)
class Counts:
    """Items as they stand, decisions of people (undone ones too), and model versions."""

    item_count: int
    decision_count: int
    version_count: int


def count_holdings(db: Database) -> Counts:
    """What is in a project."""
    return Counts(
        item_count=int(fetch_value(db, "SELECT count(*) FROM item_state")),
        decision_count=int(
            fetch_value(db, "SELECT count(*) FROM events WHERE source NOT IN ('import', 'rule') AND kind <> 'class'")
        ),
        version_count=int(fetch_value(db, "SELECT count(*) FROM versions")),
    )
