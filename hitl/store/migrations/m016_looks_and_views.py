"""How classes look and which key answers with them; filters of items kept under a name."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("class_looks", "saved_views", "saved_view_revisions")


@PROJECT_MIGRATIONS()
def m016_looks_and_views(db: Database) -> None:
    """Revisions of colour and shortcut beside those of names, since a model needs to know nothing of them; views."""
    db.executescript("""
        CREATE TABLE class_looks(
            id INTEGER PRIMARY KEY,
            class_id INTEGER NOT NULL REFERENCES classes(id),
            colour TEXT,
            shortcut TEXT CHECK(shortcut IS NULL OR length(shortcut) = 1),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX class_looks_class ON class_looks(class_id, id);
        CREATE TABLE saved_views(
            id INTEGER PRIMARY KEY,
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE saved_view_revisions(
            id INTEGER PRIMARY KEY,
            view_id INTEGER NOT NULL REFERENCES saved_views(id),
            name TEXT NOT NULL CHECK(trim(name) <> ''),
            filter TEXT NOT NULL CHECK(json_valid(filter)),
            item_order TEXT NOT NULL,
            removed INTEGER NOT NULL DEFAULT 0 CHECK(removed IN (0, 1)),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX saved_view_revisions_view ON saved_view_revisions(view_id, id);
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
