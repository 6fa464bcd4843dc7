"""A withdrawal has an end: what it takes away can't be told by the items that are still seen alone."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("withdrawal_ends",)


@PROJECT_MIGRATIONS()
def m037_withdrawal_ends(db: Database) -> None:
    """Those from before have none: each is gone through once more, which changes nothing where it was whole."""
    db.executescript("""
        CREATE TABLE withdrawal_ends(
            import_id INTEGER PRIMARY KEY REFERENCES import_withdrawals(import_id),
            at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER withdrawal_ends_no_update BEFORE UPDATE ON withdrawal_ends
        BEGIN SELECT RAISE(ABORT, 'withdrawal_ends holds facts: insert a new row instead'); END;
        CREATE TRIGGER withdrawal_ends_no_delete BEFORE DELETE ON withdrawal_ends
        BEGIN SELECT RAISE(ABORT, 'withdrawal_ends holds facts: insert a new row instead'); END;
        """)
