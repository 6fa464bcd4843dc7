"""Fields that are hidden from people who review, and an index of words that leaves them out."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("field_covers",)


@PROJECT_MIGRATIONS()
def m027_covers(db: Database) -> None:
    """Each change of what is covered is a row; ``indexing`` says how far the words have been put in anew.

    ``item_text`` takes what is covered as well.
    """
    db.executescript("""
        CREATE TABLE field_covers(
            id INTEGER PRIMARY KEY,
            covers TEXT NOT NULL CHECK(json_valid(covers)),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE indexing(
            id INTEGER PRIMARY KEY CHECK(id = 1),
            indexed_to INTEGER NOT NULL,
            last_item_id INTEGER NOT NULL
        ) STRICT;
        DROP VIEW items_text;
        CREATE VIEW items_text AS SELECT id, item_text(external_id, fields,
            (SELECT covers FROM field_covers ORDER BY id DESC LIMIT 1)) AS text FROM items;
        CREATE INDEX audit_log_readings ON audit_log(actor_id, subject, at) WHERE act = 'read_hidden';
        """)
    for act in ("UPDATE", "DELETE"):
        db.executescript(f"""
            CREATE TRIGGER field_covers_no_{act.lower()} BEFORE {act} ON field_covers
            BEGIN SELECT RAISE(ABORT, 'field_covers holds facts: insert a new row instead'); END;
            """)
