"""When a project trains by itself, what each version answered on test groups, and what its trainings showed."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("training_triggers", "test_answers", "version_changes", "learning_curves")


@PROJECT_MIGRATIONS()
def m017_training(db: Database) -> None:
    """Triggers, test answers (those of predictions that are still there at once), changes and learning curves."""
    db.executescript("""
        CREATE TABLE training_triggers(
            id INTEGER PRIMARY KEY,
            label_count INTEGER CHECK(label_count >= 1),
            daily_at TEXT,
            zone TEXT NOT NULL,
            paused INTEGER NOT NULL CHECK(paused IN (0, 1)),
            promotes INTEGER NOT NULL CHECK(promotes IN (0, 1)),
            reason TEXT NOT NULL CHECK(trim(reason) <> ''),
            actor_id INTEGER NOT NULL,
            at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE test_answers(
            version_id INTEGER NOT NULL REFERENCES versions(id),
            group_id INTEGER NOT NULL REFERENCES test_groups(group_id),
            class_id INTEGER NOT NULL REFERENCES classes(id),
            confidence REAL NOT NULL,
            accept_score REAL NOT NULL,
            PRIMARY KEY(version_id, group_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE version_changes(
            id INTEGER PRIMARY KEY,
            old_version_id INTEGER NOT NULL REFERENCES versions(id),
            new_version_id INTEGER NOT NULL REFERENCES versions(id),
            body TEXT NOT NULL CHECK(json_valid(body)),
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX version_changes_pair ON version_changes(new_version_id, old_version_id);
        CREATE TABLE learning_curves(
            id INTEGER PRIMARY KEY,
            version_id INTEGER NOT NULL REFERENCES versions(id),
            body TEXT NOT NULL CHECK(json_valid(body)),
            at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX learning_curves_version ON learning_curves(version_id);
        INSERT INTO test_answers(version_id, group_id, class_id, confidence, accept_score)
        SELECT versions.id, test_groups.group_id, predictions.class_id, predictions.confidence,
            predictions.accept_score
        FROM test_groups JOIN versions
        JOIN predictions ON predictions.version_id = versions.id AND predictions.item_id = (
            SELECT min(item_id) FROM item_state WHERE item_state.group_id = test_groups.group_id);
        """)
    for table in GUARDED_TABLES:
        for act in ("UPDATE", "DELETE"):
            db.executescript(f"""
                CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}
                BEGIN SELECT RAISE(ABORT, '{table} holds facts: insert a new row instead'); END;
                """)
