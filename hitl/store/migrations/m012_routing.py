"""Where the routing of all items has come to: passing, like leases."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m012_routing(db: Database) -> None:
    """At most one row: items up to ``routed_to`` are routed as the champion and policy in force say; none: all are."""
    db.executescript("""
        CREATE TABLE routing(
            id INTEGER PRIMARY KEY CHECK(id = 1),
            routed_to INTEGER NOT NULL,
            since_release_id INTEGER NOT NULL,
            begun_at TEXT NOT NULL
        ) STRICT;
        """)
