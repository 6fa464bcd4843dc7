"""The log of changed items: whoever writes item_state, queue, predictions or test_groups notes here what it touched.

note_change(db, [7, 8])         the items of some groups
note_items(db, first, last)     the items with ids from … to …, both included: for work in chunks
note_change(db)                 anything; what was noted before is dropped, for it says less

The log is written in the transaction of the change. Readers compare its end with what they have seen
(``hitl.store.columns``).
"""

from collections.abc import Collection

from sqlite_utils import Database

MOST_KEPT = 20_000
_MANY = 10_000


def note_change(db: Database, group_ids: Collection[int] | None = None) -> None:
    """Note that the items of some groups changed; without groups, or where they are many, that any item may have.

    Writes: item_changes.
    """
    if group_ids is None or len(group_ids) > _MANY:
        db.execute("DELETE FROM item_changes")
        db.execute("INSERT INTO item_changes DEFAULT VALUES")
        return
    db.conn.executemany("INSERT INTO item_changes(group_id) VALUES (?)", [(group_id,) for group_id in group_ids])
    _forget_oldest(db)


def note_items(db: Database, first_item_id: int, last_item_id: int) -> None:
    """Note that items with ids in a range, both ends included, changed.

    Writes: item_changes.
    """
    db.execute("INSERT INTO item_changes(first_item_id, last_item_id) VALUES (?, ?)", (first_item_id, last_item_id))
    _forget_oldest(db)


def _forget_oldest(db: Database) -> None:
    """Keep the log short; a reader who has not seen what is forgotten reads everything anew."""
    db.execute("DELETE FROM item_changes WHERE id <= (SELECT max(id) FROM item_changes) - ?", (MOST_KEPT,))
