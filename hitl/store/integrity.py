"""Whether SQLite itself finds a database whole, and when its newest fact was written."""

from sqlite_utils import Database

from hitl.domain.language import _
from hitl.store.connection import fetch_all, fetch_value

_SHOWN = 3
_DATED_TABLES = ("project_revisions", "imports", "events", "versions", "promotions", "policies", "releases")


def find_damage(db: Database) -> list[str]:
    """What SQLite finds wrong with the file or its references; empty when it is whole."""
    pages = [str(row["quick_check"]) for row in fetch_all(db, "PRAGMA quick_check(3)")]
    references = fetch_all(db, "PRAGMA foreign_key_check")[:_SHOWN]
    return [text for text in pages if text != "ok"] + [
        _("row {row} of {table} points to a row of {parent} that is not there").format(
            row=row["rowid"], table=row["table"], parent=row["parent"]
        )
        for row in references
    ]


def newest_fact_at(db: Database) -> str:
    """The latest time that a project's facts carry; empty when it has none.

    The newest row of each table is looked at, which is the latest one as long as the clock was right.
    """
    newest = [f"SELECT at FROM (SELECT at FROM {table} ORDER BY rowid DESC LIMIT 1)" for table in _DATED_TABLES]
    return str(fetch_value(db, f"SELECT coalesce(max(at), '') FROM ({' UNION ALL '.join(newest)})"))
