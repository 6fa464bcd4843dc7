"""Whose names the people of a project see."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("name_rules",)


@PROJECT_MIGRATIONS()
def m025_show_names(db: Database) -> None:
    """Everybody sees all names until somebody says otherwise; each change is a row."""
    db.executescript("""
        CREATE TABLE name_rules(
            id INTEGER PRIMARY KEY,
            show_names TEXT NOT NULL CHECK(show_names IN ('everyone', 'leads')),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER name_rules_no_update BEFORE UPDATE ON name_rules
        BEGIN SELECT RAISE(ABORT, 'name_rules holds facts: insert a new row instead'); END;
        CREATE TRIGGER name_rules_no_delete BEFORE DELETE ON name_rules
        BEGIN SELECT RAISE(ABORT, 'name_rules holds facts: insert a new row instead'); END;
        """)
