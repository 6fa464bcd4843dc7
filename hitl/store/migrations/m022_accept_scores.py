"""A prediction's acceptance score is kept only where it is another than its confidence: eight bytes an item less."""

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS


@PROJECT_MIGRATIONS()
def m022_accept_scores(db: Database) -> None:
    """``accept_score`` is read as ever; ``other_accept_score`` holds it where it is not the confidence."""
    db.executescript("""
        CREATE TABLE new_predictions(
            version_id INTEGER NOT NULL,
            item_id INTEGER NOT NULL,
            class_id INTEGER NOT NULL,
            confidence REAL,
            runner_up_id INTEGER,
            runner_up_confidence REAL,
            novelty REAL,
            other_accept_score REAL,
            priority REAL,
            accept_score REAL AS (coalesce(other_accept_score, confidence)) VIRTUAL,
            CHECK(confidence IS NOT NULL OR other_accept_score IS NULL),
            PRIMARY KEY(version_id, item_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO new_predictions(version_id, item_id, class_id, confidence, runner_up_id, runner_up_confidence,
            novelty, other_accept_score, priority)
        SELECT version_id, item_id, class_id, confidence, runner_up_id, runner_up_confidence, novelty,
            nullif(accept_score, confidence), priority
        FROM predictions ORDER BY version_id, item_id;
        DROP TABLE predictions;
        ALTER TABLE new_predictions RENAME TO predictions;
        """)
