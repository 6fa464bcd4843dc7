"""What model versions changed: predictions that differ between two of them."""

from sqlite_utils import Database

from hitl.store.connection import fetch_one


def count_changed_predictions(db: Database, *, old_id: int, new_id: int) -> dict[str, int]:
    """Items that both versions predicted, and those among them with another class."""
    row = fetch_one(
        db,
        """
        SELECT count(*) AS items, coalesce(sum(old.class_id <> new.class_id), 0) AS changed
        FROM predictions AS old JOIN predictions AS new ON new.item_id = old.item_id AND new.version_id = :new_id
        WHERE old.version_id = :old_id
        """,
        {"old_id": old_id, "new_id": new_id},
    )
    return dict(row or {})
