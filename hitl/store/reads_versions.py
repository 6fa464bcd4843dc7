"""What model versions changed: predictions that differ between two of them, for better and for worse."""

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


def count_flips(db: Database, *, old_id: int, new_id: int) -> dict[str, int]:
    """Labelled test groups that both versions answered: all, ``fixed`` and ``newly_wrong`` by the new one."""
    row = fetch_one(
        db,
        """
        SELECT count(*) AS labels,
            coalesce(sum(old.class_id <> label AND new.class_id = label), 0) AS fixed,
            coalesce(sum(old.class_id = label AND new.class_id <> label), 0) AS newly_wrong
        FROM (
            SELECT min(state.item_id) AS item_id, min(state.resolved_class_id) AS label
            FROM test_groups JOIN item_state AS state USING (group_id)
            WHERE state.resolved_class_id IS NOT NULL GROUP BY group_id) AS test
        JOIN predictions AS old ON old.item_id = test.item_id AND old.version_id = :old_id
        JOIN predictions AS new ON new.item_id = test.item_id AND new.version_id = :new_id
        """,
        {"old_id": old_id, "new_id": new_id},
    )
    return dict(row or {})
