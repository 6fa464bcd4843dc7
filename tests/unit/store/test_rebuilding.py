"""The derived tables are compared and mended while people decide."""

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils import Database

from hitl.domain.pacing import Pace
from hitl.loop.review import decide
from hitl.store.connection import fetch_all, fetch_value, open_project, write_transaction
from hitl.store.rebuilding import check, differing_groups, mend, rebuild

QUICK = {"rest": lambda _seconds: None}
SPOILS = {
    "a row is lost": "DELETE FROM item_state WHERE item_id = 3",
    "all rows are lost": "DELETE FROM item_state",
    "a row is of no visible item": "INSERT INTO item_state(item_id, group_id, route) VALUES (900, 900, 'novel')",
    "a label differs": "UPDATE item_state SET resolved_class_id = 2 WHERE item_id = 1",
    "a label of a person differs": "UPDATE item_state SET resolved_class_id = 1 WHERE item_id = 7",
    "a route differs": "UPDATE item_state SET route = 'novel' WHERE item_id = 12",
    "a release is forgotten": "UPDATE item_state SET release_id = NULL WHERE item_id = 12",
    "the queue is empty": "DELETE FROM queue",
    "a group waits that does not exist": "INSERT INTO queue VALUES (900, 900, 'novel', 0.5)",
    "the order differs": "UPDATE queue SET priority = priority + 1",
}


def tables(db):
    return [fetch_all(db, f"SELECT * FROM {table} ORDER BY 1") for table in ("item_state", "queue")]


def label(db, small, item_id, class_id):
    return decide(
        db, actor=small.actor, request_id=small.request(), item_id=item_id, class_id=class_id, now=small.now()
    )


@pytest.fixture
def reviewed(small):
    """Some items decided, one answered by the model."""
    small.answer_with({item: (1, 0.95 if item == 12 else 0.4) for item in range(1, 13)})
    label(small.db, small, 7, 2)
    label(small.db, small, 8, 1)
    assert check(small.db) == []
    return small


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_mending_gives_what_a_rebuild_gives(reviewed, spoil):
    before = tables(reviewed.db)
    with write_transaction(reviewed.db):
        reviewed.db.execute(spoil)
    assert check(reviewed.db) != []
    mend(reviewed.db, pace=Pace(count=3, fewest=1, **QUICK))
    assert tables(reviewed.db) == before
    rebuild(reviewed.db)
    assert tables(reviewed.db) == before


def test_what_is_whole_is_left_as_it_is(reviewed):
    noted = "SELECT max(id) FROM item_changes"
    last = fetch_value(reviewed.db, noted)
    mend(reviewed.db)
    assert fetch_value(reviewed.db, noted) == last


def test_a_check_needs_no_write_lock_and_leaves_nothing(reviewed):
    path, temporary = str(reviewed.folder / "project.db"), "SELECT name FROM temp.sqlite_schema"
    before = fetch_all(reviewed.db, temporary)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM queue")
        assert check(reviewed.db) == []
        assert differing_groups(reviewed.db) == []
        other.execute("ROLLBACK")
    assert fetch_all(reviewed.db, temporary) == before


def test_a_decision_between_the_comparison_and_its_step_stands(reviewed):
    """Each step goes by the facts of its own moment: what was found to differ says only where to look."""
    with write_transaction(reviewed.db):
        reviewed.db.execute("UPDATE item_state SET route = 'cold_start'")
        reviewed.db.execute("DELETE FROM queue")
    waiting = [5, 10]

    def decide_meanwhile(_seconds):
        if waiting:
            with closing(open_project(reviewed.data_dir, "small").conn) as conn:
                label(Database(conn), reviewed, waiting.pop(), 2)

    mend(reviewed.db, pace=Pace(count=2, fewest=1, rest=decide_meanwhile))
    assert waiting == []
    assert check(reviewed.db) == []
    labels = fetch_all(reviewed.db, "SELECT DISTINCT resolved_class_id FROM item_state WHERE item_id IN (5, 10)")
    assert labels == [{"resolved_class_id": 2}]


def test_people_decide_while_everything_is_compared_and_mended_again_and_again(reviewed):
    done = threading.Event()
    decided, failed = [], []

    def review():
        try:
            with closing(open_project(reviewed.data_dir, "small").conn) as conn:
                while not done.is_set() or len(decided) < 20:
                    count = len(decided)
                    decided.append(label(Database(conn), reviewed, 5 + count % 8, 1 + count % 2).outcome)
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            failed.append(error)

    thread = threading.Thread(target=review)
    thread.start()
    try:
        for _ in range(10):
            assert check(reviewed.db) == []
            with write_transaction(reviewed.db):
                reviewed.db.execute("UPDATE item_state SET route = 'cold_start'")
                reviewed.db.execute("DELETE FROM queue")
            mend(reviewed.db, pace=Pace(count=4, fewest=1, **QUICK))
    finally:
        done.set()
        thread.join()
    assert (failed, set(decided)) == ([], {"committed"})
    mend(reviewed.db)
    assert check(reviewed.db) == []
