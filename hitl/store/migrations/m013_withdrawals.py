"""A wrong import can be withdrawn as a whole, and a release can end by that."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("import_withdrawals",)
_GUARDED = (*GUARDED_TABLES, "release_ends")


@PROJECT_MIGRATIONS()
def m013_withdrawals(db: Database) -> None:
    """``release_ends`` is made anew with one more reason; its rows stay."""
    db.executescript("""
        CREATE TABLE import_withdrawals(
            import_id INTEGER PRIMARY KEY REFERENCES imports(id),
            reason TEXT NOT NULL CHECK(trim(reason) <> ''),
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER import_withdrawals_published BEFORE INSERT ON import_withdrawals
        WHEN NOT EXISTS(SELECT 1 FROM import_ends WHERE import_id = NEW.import_id AND outcome = 'published')
        BEGIN SELECT RAISE(ABORT, 'withdrawal: the import is not published'); END;
        DROP TRIGGER release_open;
        CREATE TABLE new_release_ends(
            release_id INTEGER PRIMARY KEY REFERENCES releases(id),
            reason TEXT NOT NULL CHECK(reason IN ('decided', 'rerouted', 'revised', 'brake', 'withdrawn')),
            at TEXT NOT NULL
        ) STRICT;
        INSERT INTO new_release_ends(release_id, reason, at) SELECT release_id, reason, at FROM release_ends;
        DROP TABLE release_ends;
        ALTER TABLE new_release_ends RENAME TO release_ends;
        CREATE TRIGGER release_open BEFORE INSERT ON releases
        WHEN EXISTS(
            SELECT 1 FROM releases LEFT JOIN release_ends ON release_ends.release_id = releases.id
            WHERE releases.item_id = NEW.item_id AND release_ends.release_id IS NULL)
        BEGIN SELECT RAISE(ABORT, 'release: the item has an open release'); END;
        """)
    for table in _GUARDED:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
