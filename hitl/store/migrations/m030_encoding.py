"""How far the texts of a project are encoded, and whether they are to be."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("encoder_rules",)


@PROJECT_MIGRATIONS()
def m030_encoding(db: Database) -> None:
    """``encoding`` is disposable: the vectors are in files. Each change of whether texts are encoded is a row."""
    db.executescript("""
        CREATE TABLE encoding(
            recipe TEXT PRIMARY KEY,
            encoded_to INTEGER NOT NULL,
            kept_count INTEGER NOT NULL,
            texts_per_second REAL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE encoder_rules(
            id INTEGER PRIMARY KEY,
            is_on INTEGER NOT NULL CHECK(is_on IN (0, 1)),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER encoder_rules_no_update BEFORE UPDATE ON encoder_rules
        BEGIN SELECT RAISE(ABORT, 'encoder_rules holds facts: insert a new row instead'); END;
        CREATE TRIGGER encoder_rules_no_delete BEFORE DELETE ON encoder_rules
        BEGIN SELECT RAISE(ABORT, 'encoder_rules holds facts: insert a new row instead'); END;
        """)
