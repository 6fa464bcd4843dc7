"""Opening a database tells in one sentence what is wrong; writing is all or nothing."""

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from sqlite_utils import Database

from hitl.domain.errors import BadInput, Conflict, NotFound, StoreUnusable
from hitl.store.connection import (
    fetch_value,
    list_slugs,
    new_project_database,
    open_project,
    open_tandem,
    open_tandem_there,
    project_folder,
    write_transaction,
)


def database_of(data_dir, slug="small"):
    return project_folder(data_dir, slug) / "project.db"


def test_every_connection_syncs_before_it_acknowledges(small, tmp_path):
    full, wal = 2, "wal"
    for db in (open_project(tmp_path, "small"), open_tandem(tmp_path)):
        assert fetch_value(db, "PRAGMA synchronous") == full
        assert fetch_value(db, "PRAGMA journal_mode") == wal
        assert fetch_value(db, "PRAGMA foreign_keys") == 1
        db.conn.close()


def test_a_database_of_a_newer_schema_is_left_alone(small, tmp_path):
    small.db.execute(
        "INSERT INTO _sqlite_migrations(migration_set, name, applied_at)"
        " SELECT migration_set, 'm999_of_the_future', 'x' FROM _sqlite_migrations LIMIT 1"
    )
    with pytest.raises(StoreUnusable, match="newer Tandem"):
        open_project(tmp_path, "small")


def test_a_file_that_is_no_database_is_named(small, tmp_path):
    small.db.conn.close()
    for path in database_of(tmp_path).parent.glob("project.db-*"):
        path.unlink()
    database_of(tmp_path).write_text("Dear diary, " * 1_000)
    with pytest.raises(StoreUnusable, match=r"project\.db is not a Tandem database"):
        open_project(tmp_path, "small")


def test_a_folder_in_the_place_of_a_database_is_told_in_one_sentence(small, tmp_path):
    small.db.conn.close()
    for path in database_of(tmp_path).parent.glob("project.db*"):
        path.unlink()
    database_of(tmp_path).mkdir()
    with pytest.raises(StoreUnusable, match=r"project\.db can't be"):
        open_project(tmp_path, "small")


def test_a_project_whose_database_is_empty_is_refused_and_left_as_it_is(small, tmp_path):
    small.db.conn.close()
    for path in database_of(tmp_path).parent.glob("project.db-*"):
        path.unlink()
    database_of(tmp_path).write_bytes(b"")
    for _ in range(2):
        with pytest.raises(StoreUnusable, match=r"project\.db is empty"):
            open_project(tmp_path, "small")


def spoil(db, table):
    """Overwrite the first page of a table: the database opens, and breaks when the table is read."""
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    page = fetch_value(db, "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
    path = Path(db.execute("PRAGMA database_list").fetchone()[2])
    db.conn.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xa5" * 4096)


def test_a_damaged_table_is_told_in_one_sentence_when_it_is_read_or_written(small, tmp_path):
    spoil(small.db, "events")
    with closing(open_project(tmp_path, "small").conn) as conn:
        db = Database(conn)
        with pytest.raises(StoreUnusable, match="The database is damaged"):
            fetch_value(db, "SELECT count(*) FROM events NOT INDEXED WHERE at > ''")
    with closing(open_project(tmp_path, "small").conn) as conn:
        db = Database(conn)
        with pytest.raises(StoreUnusable, match="The database is damaged"), write_transaction(db):
            db.conn.execute("DELETE FROM events")


READ_ONLY = """
import os, pathlib, sys
from hitl.domain.errors import StoreUnusable
from hitl.store.connection import open_tandem
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
try:
    open_tandem(pathlib.Path(sys.argv[1]))
except StoreUnusable as error:
    print(error)
"""


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for path in (folder, *tmp_path.parents):
        if path.stat().st_uid == os.geteuid() and path.is_relative_to(tmp_path.parent.parent):
            path.chmod(0o755)
    folder.chmod(0o555)
    done = subprocess.run([sys.executable, "-c", READ_ONLY, str(folder)], capture_output=True, text=True)
    assert "can't be written" in done.stdout, done.stderr
    assert len(done.stdout.strip().splitlines()) == 1


def test_an_unknown_project_is_not_there_and_no_other_is_named(small, tmp_path):
    with pytest.raises(NotFound, match="There is no project 'smal'") as error:
        open_project(tmp_path, "smal")
    assert "small" not in str(error.value)


@pytest.mark.parametrize("slug", ["..", "a/b", "", "A", "-a", "a" * 65, "a\n"])
def test_a_slug_never_leads_out_of_the_data_folder(tmp_path, slug):
    with pytest.raises(BadInput):
        project_folder(tmp_path, slug)


def test_a_project_that_failed_to_be_made_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), new_project_database(tmp_path, "p"):
        raise RuntimeError
    assert list((tmp_path / "projects").iterdir()) == []


def test_of_two_who_make_the_same_project_one_gets_it(tmp_path):
    with pytest.raises(Conflict), new_project_database(tmp_path, "p"), new_project_database(tmp_path, "p"):
        pass
    assert list_slugs(tmp_path) == ["p"]


def fail_after_writing(db):
    with write_transaction(db):
        db.execute("INSERT INTO label_probe VALUES (1)")
        raise RuntimeError


def test_a_failed_transaction_leaves_nothing(small):
    small.db.execute("CREATE TABLE label_probe(n INTEGER) STRICT")
    with pytest.raises(RuntimeError):
        fail_after_writing(small.db)
    assert fetch_value(small.db, "SELECT count(*) FROM label_probe") == 0


def add_ones(data_dir, count):
    tandem = open_tandem(data_dir)
    for _ in range(count):
        with write_transaction(tandem):
            value = fetch_value(tandem, "SELECT n FROM counter")
            tandem.execute("UPDATE counter SET n = ?", (value + 1,))
    tandem.conn.close()


def test_writers_that_read_first_never_lose_an_update(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # a page under test may have left its own
    tandem = open_tandem(tmp_path)
    tandem.execute("CREATE TABLE counter(n INTEGER NOT NULL) STRICT")
    tandem.execute("INSERT INTO counter VALUES (0)")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=add_ones, args=(tmp_path, 25)) for _ in range(2)]
    workers += [threading.Thread(target=add_ones, args=(tmp_path, 25)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert fetch_value(tandem, "SELECT n FROM counter") == 150


def test_facts_are_guarded_in_every_connection(small, tmp_path):
    other = open_project(tmp_path, "small")
    with pytest.raises(sqlite3.IntegrityError):
        other.execute("INSERT OR REPLACE INTO policies SELECT * FROM policies")


def test_a_copied_folder_is_a_whole_backup(small, tmp_path):
    small.db.conn.close()
    shutil.copytree(project_folder(tmp_path, "small"), project_folder(tmp_path, "copy"))
    assert fetch_value(open_project(tmp_path, "copy"), "SELECT count(*) FROM item_state") == 12


def test_a_data_folder_that_was_taken_away_is_not_made_anew(tmp_path):
    with pytest.raises(StoreUnusable):
        open_tandem_there(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
