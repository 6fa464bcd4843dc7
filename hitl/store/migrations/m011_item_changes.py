"""A log of which items' derived rows were written, so that readers who keep columns in memory can follow."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m011_item_changes(db: Database) -> None:
    """A row names a group, or items from … to …, or neither: then everything may have changed."""
    db.executescript("""
        CREATE TABLE item_changes(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            group_id INTEGER,
            first_item_id INTEGER,
            last_item_id INTEGER,
            token INTEGER NOT NULL DEFAULT (random()),
            CHECK((first_item_id IS NULL) = (last_item_id IS NULL))
        ) STRICT;
        INSERT INTO item_changes DEFAULT VALUES;
        """)
