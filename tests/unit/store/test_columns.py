"""The columns in memory: read once, then brought up to date by what was noted, whoever wrote it and wherever."""

import shutil
import subprocess
import sys
import threading

import pytest

from hitl.loop.review import decide
from hitl.store import item_changes
from hitl.store.columns import Flag, cache, read_columns
from hitl.store.connection import open_project, write_transaction
from hitl.store.derived import refresh_group
from hitl.store.item_changes import note_change, note_items
from hitl.store.versions import champion_id
from tests.small_project import SmallProject
from tests.unit.store.columns_in_sql import facts_of_columns, facts_of_tables


@pytest.fixture
def small(tmp_path):
    small = SmallProject(tmp_path, rows=40, labelled=4)
    small.answer_with({item: (1 + item % 2, item / 50) for item in range(1, 41)})
    return small


@pytest.fixture
def counted(monkeypatch):
    """How often all items were read, and how often some."""
    calls = {"load_items": 0, "reload_items": 0, "load_answers": 0}

    def counting(name):
        real = getattr(cache, name)

        def call(*args, **options):
            calls[name] += 1
            return real(*args, **options)

        monkeypatch.setattr(cache, name, call)

    for name in calls:
        counting(name)
    return calls


def answer(small, item_id, class_id):
    common = {"actor": small.actor, "now": small.now()}
    decide(small.db, request_id=small.request(), item_id=item_id, class_id=class_id, **common)


def agrees(db):
    version_id = champion_id(db)
    return facts_of_columns(db, version_id) == facts_of_tables(db, version_id)


def test_all_is_read_once(small, counted):
    first = read_columns(small.db, [1])
    assert read_columns(small.db, [1]) is first
    assert counted == {"load_items": 1, "reload_items": 0, "load_answers": 1}


def test_a_decision_reads_its_group_alone(small, counted):
    before = read_columns(small.db, [1])
    answer(small, 30, 1)
    after = read_columns(small.db, [1])
    assert counted == {"load_items": 1, "reload_items": 1, "load_answers": 1}
    assert after.items.item_id is before.items.item_id
    assert after.answers_of(1) is before.answers_of(1)
    assert not before.items.has(Flag.REVIEWED).any()
    assert agrees(small.db)


def test_a_range_of_predictions_is_read_alone(small, counted):
    read_columns(small.db, [1])
    with write_transaction(small.db):
        small.db.execute("UPDATE predictions SET confidence = 0.123, class_id = 2 WHERE item_id BETWEEN 7 AND 9")
        small.db.execute("DELETE FROM predictions WHERE item_id = 8")
        note_items(small.db, 7, 9)
    assert agrees(small.db)
    assert counted == {"load_items": 1, "reload_items": 1, "load_answers": 1}


def test_items_that_come_and_go_are_followed_without_reading_all(small, counted):
    read_columns(small.db, [1])
    with write_transaction(small.db):
        small.db.execute("DELETE FROM item_state WHERE item_id = 12")
        note_items(small.db, 12, 12)
    assert agrees(small.db)
    with write_transaction(small.db):
        small.db.execute("INSERT INTO item_state(item_id, group_id, route) VALUES (12, 12, 'low_confidence')")
        note_change(small.db, [12])
    assert agrees(small.db)
    assert counted == {"load_items": 1, "reload_items": 2, "load_answers": 1}


def test_another_import_is_seen(small):
    read_columns(small.db, [1])
    small.add_rows([("t3", "changed text", ""), ("t99", "a new text", "yes")])
    assert agrees(small.db)
    assert len(read_columns(small.db).items) == 41


def test_what_another_process_writes_is_seen(small):
    read_columns(small.db, [1])
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from hitl.domain.people import LOCAL_OWNER; from hitl.loop.review import decide\n"
        "from hitl.store.connection import open_project\n"
        "decide(open_project(Path(sys.argv[1]), 'small'), actor=LOCAL_OWNER, request_id='elsewhere', item_id=20,"
        " class_id=1, now=datetime.now(UTC))"
    )
    subprocess.run([sys.executable, "-c", code, str(small.data_dir)], check=True)
    assert agrees(small.db)
    assert read_columns(small.db).items.has(Flag.REVIEWED)[19]


def test_an_older_copy_put_in_its_place_is_read_anew(small, tmp_path):
    answer(small, 30, 1)
    small.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(small.folder, tmp_path / "copy")
    answer(small, 31, 1)
    read_columns(small.db, [1])
    small.db.conn.close()
    shutil.rmtree(small.folder)
    shutil.copytree(tmp_path / "copy", small.folder)
    small.db = open_project(small.data_dir, small.slug)
    answer(small, 32, 2)  # as many changes as the copy that was read, but not the same
    assert agrees(small.db)


def test_what_a_transaction_has_not_committed_stays_its_own(small):
    read_columns(small.db, [1])
    small.db.execute("BEGIN IMMEDIATE")
    small.db.execute("UPDATE item_state SET cannot_tell = 1 WHERE item_id = 5")
    note_change(small.db, [5])
    assert read_columns(small.db).items.has(Flag.CANNOT_TELL)[4]
    other = open_project(small.data_dir, small.slug)
    assert not read_columns(other).items.has(Flag.CANNOT_TELL)[4]
    small.db.execute("ROLLBACK")
    assert agrees(small.db)
    assert agrees(other)
    other.conn.close()


def test_readers_in_many_threads_see_what_was_committed_before_they_asked(small):
    faults = []

    def read_often():
        db = open_project(small.data_dir, small.slug)
        for _ in range(30):
            known = int(db.execute("SELECT count(*) FROM item_state WHERE review_count > 0").fetchone()[0])
            if int(read_columns(db, [1]).items.has(Flag.REVIEWED).sum()) < known:
                faults.append(known)
        db.conn.close()

    threads = [threading.Thread(target=read_often) for _ in range(3)]
    for thread in threads:
        thread.start()
    for item_id in range(10, 40):
        answer(small, item_id, 1)
    for thread in threads:
        thread.join()
    assert not faults
    assert agrees(small.db)


def test_projects_looked_at_long_ago_are_let_go(small, tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "MOST_BYTES", 600)
    read_columns(small.db)
    second = SmallProject(tmp_path, slug="second", rows=30)
    read_columns(second.db)
    held = [path for path in cache._PLACES if str(tmp_path) in path]
    assert [path for path in held if "second" in path] == held


def test_no_more_versions_are_held_than_are_looked_at(small):
    for version_id in (1, 2, 3, 4, 5, 6):
        read_columns(small.db, [version_id])
    assert set(read_columns(small.db, [6, None]).answers) == {0, 4, 5, 6}
    assert len(read_columns(small.db, [1, 2, 3]).answers) == 4


def test_an_empty_project_has_empty_columns(tmp_path):
    empty = SmallProject(tmp_path, rows=0)
    columns = read_columns(empty.db, [None])
    assert len(columns.items) == 0
    assert len(columns.answers_of(None).class_id) == 0
    empty.add_rows([("a", "one", ""), ("b", "two", "yes")])
    assert len(read_columns(empty.db).items) == 2


def test_values_of_a_field_follow_new_items(small):
    odd = 'a "quoted" \\ name'
    small.db.execute("DROP TRIGGER items_no_update")
    small.db.execute("UPDATE items SET fields = json_object(?, 'EU', '2020', id % 3) WHERE id < 10", (odd,))
    columns = read_columns(small.db, slice_fields=[odd, "2020"])
    assert columns.slices[odd].is_value("EU").sum() == 9
    assert columns.slices["2020"].is_value("1").sum() == 3
    assert columns.slices[odd].is_value("nowhere").sum() == 0
    small.add_rows([("n1", "new", ""), ("t2", "changed", "")])
    refresh_group(small.db, 5, at="2026-01-05T09:00:00Z")
    after = read_columns(small.db)
    assert len(after.slices[odd].codes) == 41
    assert after.slices[odd].is_value("EU").sum() == 8


def test_what_holds_a_text_is_looked_up_once_and_again_when_items_come(small, monkeypatch):
    asked = []
    real = cache.stored_ids_with
    monkeypatch.setattr(cache, "stored_ids_with", lambda db, text: asked.append(text) or real(db, text))
    assert read_columns(small.db, text="number").texts["number"].all()
    answer(small, 30, 1)
    assert read_columns(small.db, text="number").texts["number"].sum() == 40
    assert asked == ["number"]
    small.add_rows([("n1", "another text", ""), ("n2", "a number more", "")])
    assert read_columns(small.db, text="number").texts["number"].sum() == 41
    for typed in ("", '"', "AND", "NEAR(", "\0", "a*b", "'"):
        assert len(read_columns(small.db, text=typed).texts) <= 4


def test_the_log_of_changes_stays_short(small, monkeypatch, counted):
    monkeypatch.setattr(item_changes, "MOST_KEPT", 5)
    read_columns(small.db, [1])
    for item_id in range(10, 20):
        answer(small, item_id, 1)
    assert small.db.execute("SELECT count(*) FROM item_changes").fetchone()[0] <= 5
    assert agrees(small.db)
    assert counted["load_items"] == 2


def test_what_was_counted_is_counted_again_once_something_changed(small):
    counted = []
    for _ in range(2):
        read_columns(small.db).once("number", lambda: counted.append(1))
    answer(small, 30, 1)
    read_columns(small.db).once("number", lambda: counted.append(1))
    assert len(counted) == 2
