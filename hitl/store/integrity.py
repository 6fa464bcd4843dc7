"""Whether SQLite itself finds a database whole."""

from sqlite_utils import Database

from hitl.store.connection import fetch_all

_SHOWN = 3


def find_damage(db: Database) -> list[str]:
    """What SQLite finds wrong with the file or its references; empty when it is whole."""
    pages = [str(row["quick_check"]) for row in fetch_all(db, "PRAGMA quick_check(3)")]
    references = fetch_all(db, "PRAGMA foreign_key_check")[:_SHOWN]
    return [text for text in pages if text != "ok"] + [
        f"row {row['rowid']} of {row['table']} points to a row of {row['parent']} that is not there"
        for row in references
    ]
