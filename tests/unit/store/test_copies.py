"""A database held still: its file is one moment, whatever others write meanwhile, and nobody waits."""

import sqlite3
import subprocess
from contextlib import closing

import pytest

from hitl.domain.errors import StoreUnusable
from hitl.store import copies
from hitl.store.connection import fetch_value, open_project, write_transaction
from hitl.store.copies import hold_still

COUNT = "SELECT count(*) FROM events"


def read_raw(path, tmp_path):
    """What stands in the file's own bytes, without its log; a process of its own reads them, as it must."""
    copy = tmp_path / "raw.db"
    subprocess.run(["cp", path, copy], check=True)
    with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return conn.execute(COUNT).fetchone()[0]


def decide_once(small, number):
    """One fact more, by a connection of its own that is closed at once, which would move the log into the file."""
    db = open_project(small.data_dir, "small")
    with write_transaction(db):
        db.execute(
            "INSERT INTO events(kind, source, actor_id, group_id, item_id, class_id, request_id, at)"
            " VALUES ('label', 'reviewer', 1, 6, 6, 1, ?, '2026-01-05T09:00:00.000000Z')",
            (f"held-{number}",),
        )
    db.conn.execute("PRAGMA wal_checkpoint(PASSIVE)")
    db.conn.close()


def test_the_file_itself_is_one_moment_though_others_write(small, tmp_path):
    before = fetch_value(small.db, COUNT)
    database = small.folder / "project.db"
    with hold_still(database, spare=tmp_path / "spare.db") as path:
        assert path == database
        for number in range(50):
            decide_once(small, number)
        assert read_raw(path, tmp_path) == before
    assert fetch_value(small.db, COUNT) == before + 50


def test_what_is_still_in_the_log_is_held_too(small, tmp_path):
    small.db.conn.execute("PRAGMA wal_autocheckpoint=0")
    decide_once(small, 0)
    with write_transaction(small.db):
        small.db.execute("UPDATE item_state SET review_count = 0")
    with hold_still(small.folder / "project.db", spare=tmp_path / "spare.db") as path:
        assert read_raw(path, tmp_path) == fetch_value(small.db, COUNT)


def test_a_long_read_of_somebody_else_makes_a_copy_serve_in_its_place(small, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_WAIT_SECONDS", 0.0)
    small.db.conn.execute("BEGIN")
    before = fetch_value(small.db, COUNT)
    decide_once(small, 0)
    with hold_still(small.folder / "project.db", spare=tmp_path / "spare.db") as path:
        assert path == tmp_path / "spare.db"
        assert read_raw(path, tmp_path) == before + 1
    assert not (tmp_path / "spare.db").exists()
    small.db.conn.execute("ROLLBACK")


def test_a_file_that_another_program_writes_to_is_not_copied(small, tmp_path):
    database = small.folder / "project.db"
    with (
        pytest.raises(StoreUnusable, match="changed by another program"),
        hold_still(database, spare=tmp_path / "spare.db"),
        database.open("ab") as file,
    ):
        file.write(b"more")


def test_where_the_lock_is_never_free_a_copy_serves_in_its_place(small, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_LOCK_SECONDS", 0.01)
    before, spare = fetch_value(small.db, COUNT), tmp_path / "spare.db"
    with write_transaction(small.db), hold_still(small.folder / "project.db", spare=spare) as path:
        assert (path, read_raw(path, tmp_path)) == (spare, before)
