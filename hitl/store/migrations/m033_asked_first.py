"""Which groups are asked first, chosen from many together."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m033_asked_first(db: Database) -> None:
    """Disposable: chosen anew after each training. ``version_id`` is the version in use then, NULL where none was."""
    db.executescript("""
        CREATE TABLE asked_first(
            group_id INTEGER PRIMARY KEY,
            version_id INTEGER,
            priority REAL NOT NULL
        ) STRICT;
        """)
