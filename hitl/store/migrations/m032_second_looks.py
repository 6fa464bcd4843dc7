"""Labels that a model version doubts, which of them went back to the queue because of it, and by what rule."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("label_doubts", "second_look_rules", "second_look_turns")


@PROJECT_MIGRATIONS()
def m032_second_looks(db: Database) -> None:
    """An act with a version is that version's, no person's: whoever may do such acts may take it back.

    ``second_looks`` gets the class that was doubted, its self-confidence and how likely it was wrong by it; of what
    people sent back all three are empty.
    """
    db.executescript("""
        CREATE TABLE label_doubts(
            version_id INTEGER NOT NULL REFERENCES versions(id),
            group_id INTEGER NOT NULL REFERENCES groups(id),
            class_id INTEGER NOT NULL REFERENCES classes(id),
            self_confidence REAL NOT NULL CHECK(self_confidence BETWEEN 0 AND 1),
            PRIMARY KEY(version_id, group_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE second_look_rules(
            id INTEGER PRIMARY KEY,
            share REAL NOT NULL CHECK(share BETWEEN 0 AND 1),
            at_once INTEGER NOT NULL CHECK(at_once >= 1),
            bar REAL NOT NULL CHECK(bar BETWEEN 0 AND 1),
            reason TEXT NOT NULL CHECK(trim(reason) <> ''),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE second_look_turns(
            version_id INTEGER PRIMARY KEY REFERENCES versions(id),
            outcome TEXT NOT NULL
                CHECK(outcome IN ('sent', 'off', 'few_labels', 'few_news', 'waiting', 'weak', 'none')),
            label_count INTEGER NOT NULL,
            judged_count INTEGER NOT NULL,
            sent_count INTEGER NOT NULL CHECK(sent_count <= judged_count),
            expected_rate REAL,
            low REAL,
            high REAL,
            act_id INTEGER REFERENCES bulk_acts(id),
            at TEXT NOT NULL,
            CHECK((outcome = 'sent') = (act_id IS NOT NULL AND sent_count > 0)),
            CHECK((expected_rate IS NULL) = (judged_count = 0))
        ) STRICT;
        ALTER TABLE bulk_acts ADD COLUMN version_id INTEGER REFERENCES versions(id);
        ALTER TABLE second_looks ADD COLUMN class_id INTEGER REFERENCES classes(id);
        ALTER TABLE second_looks ADD COLUMN self_confidence REAL;
        ALTER TABLE second_looks ADD COLUMN doubt REAL;
        CREATE INDEX second_looks_of_versions ON second_looks(id) WHERE class_id IS NOT NULL;
        DROP TRIGGER bulk_undos_own;
        CREATE TRIGGER bulk_undos_own BEFORE INSERT ON bulk_undos
        WHEN EXISTS(
            SELECT 1 FROM bulk_acts
            WHERE id = NEW.act_id AND version_id IS NULL AND actor_id <> NEW.actor_id)
        BEGIN SELECT RAISE(ABORT, 'undo: only one''s own act can be undone'); END;
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
