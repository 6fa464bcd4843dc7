"""How sure a model is may be unknown: an answer that came with a file may name no confidence."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

_KNOWN = """
    CASE WHEN {table}.confidence = 0 AND {table}.accept_score = 0
        AND {table}.version_id IN (SELECT id FROM versions WHERE kind = 'external')
        AND NOT EXISTS (
            SELECT 1 FROM project_revisions AS project JOIN json_each(project.fields) AS field
            WHERE project.id = (SELECT max(id) FROM project_revisions) AND field.value ->> 'role' = 'confidence')
        THEN NULL ELSE {value} END
    """


@PROJECT_MIGRATIONS()
def m021_unknown_confidence(db: Database) -> None:
    """``predictions`` and ``test_answers`` are made anew with NULL for what is not known.

    Zeros of imported versions that stood for it, in projects without a column for it, become NULL.
    """
    db.executescript(f"""
        CREATE TABLE new_predictions(
            version_id INTEGER NOT NULL,
            item_id INTEGER NOT NULL,
            class_id INTEGER NOT NULL,
            confidence REAL,
            runner_up_id INTEGER,
            runner_up_confidence REAL,
            novelty REAL,
            accept_score REAL,
            priority REAL,
            CHECK((confidence IS NULL) = (accept_score IS NULL)),
            PRIMARY KEY(version_id, item_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO new_predictions(version_id, item_id, class_id, confidence, runner_up_id, runner_up_confidence,
            novelty, accept_score, priority)
        SELECT version_id, item_id, class_id, {_of("predictions", "confidence")}, runner_up_id,
            runner_up_confidence, novelty, {_of("predictions", "accept_score")}, {_of("predictions", "priority")}
        FROM predictions ORDER BY version_id, item_id;
        DROP TABLE predictions;
        ALTER TABLE new_predictions RENAME TO predictions;
        CREATE TABLE new_test_answers(
            version_id INTEGER NOT NULL REFERENCES versions(id),
            group_id INTEGER NOT NULL REFERENCES test_groups(group_id),
            class_id INTEGER NOT NULL REFERENCES classes(id),
            confidence REAL,
            accept_score REAL,
            CHECK((confidence IS NULL) = (accept_score IS NULL)),
            PRIMARY KEY(version_id, group_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO new_test_answers(version_id, group_id, class_id, confidence, accept_score)
        SELECT version_id, group_id, class_id, {_of("test_answers", "confidence")},
            {_of("test_answers", "accept_score")}
        FROM test_answers ORDER BY version_id, group_id;
        DROP TABLE test_answers;
        ALTER TABLE new_test_answers RENAME TO test_answers;
        """)
    for act in ("UPDATE", "DELETE"):
        db.executescript(f"""
            CREATE TRIGGER test_answers_no_{act.lower()} BEFORE {act} ON test_answers
            BEGIN SELECT RAISE(ABORT, 'test_answers holds facts: insert a new row instead'); END;
            """)


def _of(table: str, value: str) -> str:
    return _KNOWN.format(table=table, value=f"{table}.{value}")
