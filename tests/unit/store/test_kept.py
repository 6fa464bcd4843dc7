"""hitl.store.kept: the database of people stays open in a thread as long as it is the same, sound file."""

import threading

import pytest

from hitl.domain.errors import StoreUnusable
from hitl.store import kept
from hitl.store.connection import open_tandem
from hitl.store.kept import ask_tandem, close_kept


@pytest.fixture(autouse=True)
def _closed():
    yield
    close_kept()


def test_a_thread_opens_it_once_and_another_thread_its_own(tmp_path):
    found = [ask_tandem(tmp_path, id) for _ in range(3)]
    other = threading.Thread(target=lambda: found.append(ask_tandem(tmp_path, id)))
    other.start()
    other.join()
    assert found[0] == found[1] == found[2] != found[3]


def test_a_file_that_took_its_place_is_opened(tmp_path):
    ask_tandem(tmp_path, id)
    open_tandem(tmp_path / "other").conn.close()
    (tmp_path / "other" / "tandem.db").replace(tmp_path / "tandem.db")
    for name in ("tandem.db-wal", "tandem.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    first = kept._KEPT.db
    assert ask_tandem(tmp_path, lambda db: db) is not first


def test_another_folder_is_another_database(tmp_path):
    first = ask_tandem(tmp_path / "a", lambda db: db)
    assert ask_tandem(tmp_path / "b", lambda db: db) is not first


def test_a_file_in_its_place_that_is_no_database_says_what_to_do(tmp_path):
    ask_tandem(tmp_path, id)
    for name in ("tandem.db", "tandem.db-wal", "tandem.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "tandem.db").write_bytes(b"no database " * 1_000)
    with pytest.raises(StoreUnusable, match=r"tandem\.db"):
        ask_tandem(tmp_path, lambda db: list(db.query("SELECT * FROM people")))


def test_what_others_commit_is_seen(tmp_path):
    count = lambda db: db.table("people").count  # noqa: E731
    before = ask_tandem(tmp_path, count)
    other = open_tandem(tmp_path)
    other.execute("INSERT INTO people(id, name, kind) VALUES (77, 'Ann', 'person')")
    other.conn.close()
    assert ask_tandem(tmp_path, count) == before + 1
