"""Acts on many items at once, and items sent back to the queue."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = (
    "bulk_acts",
    "bulk_act_groups",
    "bulk_act_events",
    "bulk_act_ends",
    "bulk_undos",
    "second_looks",
    "second_look_ends",
)


@PROJECT_MIGRATIONS()
def m015_bulk_acts(db: Database) -> None:
    """What was done to many groups as one act: its plan, its events, its end, its undoing; second looks."""
    db.executescript("""
        CREATE TABLE bulk_acts(
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL CHECK(kind IN ('confirm', 'correct', 'cannot_tell', 'review')),
            class_id INTEGER REFERENCES classes(id),
            selection TEXT NOT NULL CHECK(json_valid(selection)),
            item_count INTEGER NOT NULL,
            group_count INTEGER NOT NULL CHECK(group_count >= 1),
            left_out TEXT NOT NULL CHECK(json_valid(left_out)),
            comment TEXT NOT NULL,
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL,
            CHECK((kind = 'correct') = (class_id IS NOT NULL))
        ) STRICT;
        CREATE TABLE bulk_act_groups(
            act_id INTEGER NOT NULL REFERENCES bulk_acts(id),
            group_id INTEGER NOT NULL REFERENCES groups(id),
            item_id INTEGER NOT NULL REFERENCES items(id),
            PRIMARY KEY(act_id, group_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE bulk_act_events(
            act_id INTEGER NOT NULL REFERENCES bulk_acts(id),
            event_id INTEGER NOT NULL UNIQUE REFERENCES events(id),
            PRIMARY KEY(act_id, event_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE bulk_undos(
            act_id INTEGER PRIMARY KEY REFERENCES bulk_acts(id),
            request_id TEXT NOT NULL UNIQUE,
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE bulk_act_ends(
            act_id INTEGER NOT NULL REFERENCES bulk_acts(id),
            step TEXT NOT NULL CHECK(step IN ('done', 'undone')),
            group_count INTEGER NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY(act_id, step)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE second_looks(
            id INTEGER PRIMARY KEY,
            act_id INTEGER NOT NULL REFERENCES bulk_acts(id),
            group_id INTEGER NOT NULL REFERENCES groups(id),
            after_event_id INTEGER NOT NULL,
            at TEXT NOT NULL,
            UNIQUE(act_id, group_id)
        ) STRICT;
        CREATE INDEX second_looks_group ON second_looks(group_id);
        CREATE TABLE second_look_ends(
            look_id INTEGER PRIMARY KEY REFERENCES second_looks(id),
            at TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER bulk_undos_own BEFORE INSERT ON bulk_undos
        WHEN NEW.actor_id <> (SELECT actor_id FROM bulk_acts WHERE id = NEW.act_id)
        BEGIN SELECT RAISE(ABORT, 'undo: only one''s own act can be undone'); END;
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
