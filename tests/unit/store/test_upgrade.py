"""An older database is upgraded on a copy that was looked through; the old one is kept; nothing is lost."""

import sqlite3
import threading
from contextlib import closing

import pytest
from sqlite_utils import Migrations

from hitl.domain.errors import StoreUnusable
from hitl.store import connection, rebuilding, upgrade
from hitl.store.connection import fetch_value, open_project, open_tandem
from hitl.store.handles import connect
from hitl.store.migrations import FACT_TABLES, PROJECT_MIGRATIONS, m001_first
from tests.older_database import LABELS, decide, later_names, make_older_desk
from tests.small_project import SmallProject

FIRST_LATER = later_names(PROJECT_MIGRATIONS, m001_first)[0]


@pytest.fixture
def older(tmp_path):
    return make_older_desk(tmp_path / "data")


def data_dir_of(older):
    return older.parents[2]


def read_facts(path):
    with closing(connect(path)) as conn:
        tables = [table for table in m001_first.GUARDED_TABLES if table != "class_revisions"]
        return {table: conn.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall() for table in tables}


def shown(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm")))


def test_an_older_project_opens_with_every_fact_and_what_is_derived_made_anew(older):
    before = read_facts(older)
    with closing(open_project(data_dir_of(older), "old").conn) as conn:
        db = connection.Database(conn)
        assert not PROJECT_MIGRATIONS.pending(db)
        assert rebuilding.check(db) == []
        assert fetch_value(db, "SELECT count(*) FROM item_state WHERE resolved_class_id IS NOT NULL") == LABELS
        assert fetch_value(db, "SELECT count(*) FROM items_fts WHERE items_fts MATCH '\"item 7\"'") == 1
        assert {table for table in FACT_TABLES if not db.table(table).exists()} == set()
    after = read_facts(older)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    assert [row[:17] for row in after["events"]] == [row[:17] for row in before["events"]]


def test_the_old_database_is_kept_as_it_was_and_nothing_else_is_left(older):
    before = read_facts(older)
    open_project(data_dir_of(older), "old").conn.close()
    assert shown(older.parent) == [".upgrade.lock", "project.db", f"project.db.before-{FIRST_LATER}"]
    kept = older.with_name(f"project.db.before-{FIRST_LATER}")
    assert read_facts(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o600
    with closing(connect(kept)) as conn:
        assert FIRST_LATER in [one.name for one in PROJECT_MIGRATIONS.pending(connection.Database(conn))]


def test_a_database_of_today_is_opened_as_it_is(tmp_path):
    project = SmallProject(tmp_path, rows=0)
    open_project(tmp_path, "small").conn.close()
    open_tandem(tmp_path).conn.close()
    project.db.conn.close()
    assert shown(project.folder) == ["project.db"]


def test_two_old_databases_are_kept_and_no_more(older):
    for number in range(4):
        upgrade._keep(older, older.with_name(f"project.db.before-m10{number}"))
    assert [name for name in shown(older.parent) if "before" in name] == [
        "project.db.before-m102",
        "project.db.before-m103",
    ]


def test_what_an_older_program_writes_meanwhile_is_not_lost(older, monkeypatch):
    usual, written = upgrade._migrate_and_check, []

    def migrate_while_somebody_writes(*arguments):
        usual(*arguments)
        if not written:
            written.append(30)
            with closing(connect(older)) as conn:
                decide(conn, 30)

    monkeypatch.setattr(upgrade, "_migrate_and_check", migrate_while_somebody_writes)
    with closing(open_project(data_dir_of(older), "old").conn) as conn:
        assert conn.execute("SELECT count(*) FROM events WHERE request_id = 'decision-30'").fetchone() == (1,)


def test_a_program_that_never_stops_writing_is_named(older, monkeypatch):
    usual, numbers = upgrade._migrate_and_check, iter(range(30, 50))

    def migrate_while_somebody_writes(*arguments):
        usual(*arguments)
        with closing(connect(older)) as conn:
            decide(conn, next(numbers))

    monkeypatch.setattr(upgrade, "_migrate_and_check", migrate_while_somebody_writes)
    with pytest.raises(StoreUnusable, match="another program keeps writing into it; stop that Tandem first"):
        open_project(data_dir_of(older), "old")
    assert len(read_facts(older)["events"]) == LABELS + 2 + 3


def test_many_who_open_it_at_once_all_get_it_upgraded_once(older, monkeypatch):
    swaps, usual = [], upgrade._swap
    monkeypatch.setattr(upgrade, "_swap", lambda *arguments: swaps.append(usual(*arguments)))
    counts = []

    def open_it():
        with closing(open_project(data_dir_of(older), "old").conn) as conn:
            counts.append(conn.execute("SELECT count(*) FROM item_state").fetchone()[0])

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [50] * 6
    assert len(swaps) == 1


def test_whoever_reads_meanwhile_reads_on_and_then_the_new(older):
    with closing(connect(older)) as reader:
        reader.execute("BEGIN")
        before = reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        open_project(data_dir_of(older), "old").conn.close()
        assert reader.execute("SELECT count(*) FROM sqlite_master").fetchone() == before
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM sqlite_master").fetchone() > before


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("INSERT INTO no_such_table VALUES (1)", "no such table: no_such_table"),
        ("DROP TRIGGER events_no_delete; DELETE FROM events WHERE id = 22", "events has 21 rows instead of 22"),
    ],
)
def test_a_migration_that_goes_wrong_leaves_the_old_one_as_it_was(older, monkeypatch, sql, reason):
    wrong = Migrations(PROJECT_MIGRATIONS.name)
    wrong._migrations = [*PROJECT_MIGRATIONS._migrations]
    wrong(name="m999_wrong")(lambda db: db.executescript(sql) and None)
    before = read_facts(older)
    with pytest.raises(StoreUnusable, match=reason) as refused:
        upgrade.upgrade_database(older, wrong)
    assert "It is as it was" in str(refused.value)
    assert read_facts(older) == before
    assert [name for name in shown(older.parent) if name.startswith(".upgrading")] == []


def test_too_little_room_is_said_before_anything_is_done(older, monkeypatch):
    monkeypatch.setattr(upgrade.shutil, "disk_usage", lambda _: upgrade.shutil._ntuple_diskusage(100, 90, 10))
    with pytest.raises(StoreUnusable, match=r"needs 2\d MB free, and the disk has 0 MB: make room"):
        open_project(data_dir_of(older), "old")
    assert shown(older.parent) == [".upgrade.lock", "project.db"]


def test_whoever_opens_it_while_another_upgrades_it_waits_and_then_is_told(older, monkeypatch):
    monkeypatch.setattr(upgrade, "BUSY_SECONDS", 0.1)
    with upgrade._alone(older), pytest.raises(StoreUnusable, match="is being brought to the new version"):
        open_project(data_dir_of(older), "old")


def test_a_damaged_old_database_is_not_swapped(older, monkeypatch):
    usual = upgrade._copy

    def copy_and_damage(path, copy):
        usual(path, copy)
        with closing(connect(copy)) as conn:
            conn.execute("PRAGMA writable_schema=ON")
            conn.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'items_group'")

    monkeypatch.setattr(upgrade, "_copy", copy_and_damage)
    with pytest.raises((StoreUnusable, sqlite3.DatabaseError), match="as it was"):
        open_project(data_dir_of(older), "old")
