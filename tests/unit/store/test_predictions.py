"""Predictions as they are kept and read."""

from contextlib import closing

from sqlite_utils import Database

from hitl.store.connection import fetch_all
from hitl.store.handles import connect
from hitl.store.migrations import PROJECT_MIGRATIONS
from hitl.store.versions import add_predictions

READ = "SELECT * FROM predictions ORDER BY version_id, item_id"
OLD = "INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
GIVEN = [
    (1, 1, 2, 0.75, 1, 0.25, 0.5, 0.75, 0.5),
    (1, 2, 2, 0.9, None, None, None, 0.0, 1.0),
    (1, 3, 1, 0.0, 2, 0.0, 0.1, 0.0, 0.2),
    (2, 2, 1, 1.0, 2, 0.0, 0.99, 0.3, 0.4),
    (2, 3, 1, None, None, None, None, None, None),
]


def test_acceptance_scores_are_read_as_they_were_given_and_kept_only_where_they_differ(small):
    for version_id in (1, 2):
        add_predictions(small.db, version_id, [row[1:] for row in GIVEN if row[0] == version_id])
    rows = fetch_all(small.db, READ)
    assert [row["accept_score"] for row in rows] == [row[7] for row in GIVEN]
    assert [row["other_accept_score"] for row in rows] == [None, 0.0, None, 0.3, None]


def test_predictions_of_an_older_database_are_read_as_before(tmp_path):
    with closing(connect(tmp_path / "project.db")) as conn:
        db = Database(conn)
        PROJECT_MIGRATIONS.apply(db, stop_before="m022_accept_scores")
        conn.executemany(OLD, GIVEN)
        before = [dict(row) for row in fetch_all(db, READ)]
        PROJECT_MIGRATIONS.apply(db)
        after = [{name: row[name] for name in before[0]} for row in fetch_all(db, READ)]
    assert after == before
    assert len(after) == len(GIVEN)
