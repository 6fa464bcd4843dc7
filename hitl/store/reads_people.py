"""What a person said in a project, and what the desk's log says they did; for their own eyes."""

from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all


def list_decisions_of(db: Database, actor_id: int) -> list[dict[str, Any]]:
    """Every decision of a person with the item and class it names, undone ones and their undoing too, in order."""
    return fetch_all(
        db,
        """
        SELECT events.id AS decision, events.at, events.kind, items.external_id AS item, classes.key AS class,
            events.comment, events.target_id AS undoes_decision, events.blind, events.surplus
        FROM events LEFT JOIN items ON items.id = events.item_id LEFT JOIN classes ON classes.id = events.class_id
        WHERE events.actor_id = ? AND events.source <> 'import' ORDER BY events.id
        """,
        (actor_id,),
    )


def list_acts_of(tandem: Database, actor_id: int) -> list[dict[str, Any]]:
    """What the desk's log says that somebody did, in order."""
    return fetch_all(tandem, "SELECT at, via, act, subject FROM audit_log WHERE actor_id = ? ORDER BY id", (actor_id,))
