"""The plans of bulk acts in large parts: a plan of all items is written in an instant."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("bulk_plans",)


@PROJECT_MIGRATIONS()
def m019_bulk_plans(db: Database) -> None:
    """Parts of a plan, each up to a group; acts planned before keep theirs in bulk_act_groups."""
    db.executescript("""
        CREATE TABLE bulk_plans(
            act_id INTEGER NOT NULL REFERENCES bulk_acts(id),
            last_group_id INTEGER NOT NULL,
            body BLOB NOT NULL,
            PRIMARY KEY(act_id, last_group_id)
        ) STRICT;
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
