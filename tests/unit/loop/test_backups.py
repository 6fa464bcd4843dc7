"""Back-up and restore: consistent while people write, whole or not at all, never over anything."""

import shutil
import sqlite3
import threading
import zipfile
from contextlib import closing

import pytest

from hitl.adapters.archives import write_archive
from hitl.adapters.artifacts import write_artifact
from hitl.domain.errors import BadInput, Conflict, NotPermitted, StoreUnusable
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.backups import KIND, Check, back_up, restore
from hitl.loop.jobs import submit_job
from hitl.loop.project_life import archive_project
from hitl.loop.review import decide
from hitl.store.connection import fetch_value, list_slugs, open_project, open_tandem
from hitl.store.jobs import claim_next_job, find_job
from tests.image_zip import ImageProject
from tests.small_project import OTHER, START, SmallProject

EVENTS = "SELECT count(*) FROM events"


@pytest.fixture
def desk(tmp_path):
    """A data folder with one small project that has a model file, and an upload that waits."""
    small = SmallProject(tmp_path / "data")
    write_artifact(small.folder / "artifacts", b"model")
    (small.folder / "uploads").mkdir()
    (small.folder / "uploads" / "waits.csv").write_text("id,text\n")
    return small


def save(desk, to, **options):
    return back_up(desk.data_dir, to=to, actor=LOCAL_OWNER, now=desk.now(), **options)


def bring_back(path, folder, now=START):
    return restore(path, data_dir=folder, actor=LOCAL_OWNER, now=now)


def count(folder, sql=EVENTS, slug="small"):
    with closing(open_project(folder, slug).conn) as conn:
        return conn.execute(sql).fetchone()[0]


def test_what_is_restored_is_what_was_backed_up(desk, tmp_path):
    made = save(desk, tmp_path / "copies")
    done = bring_back(made.path, tmp_path / "back")
    assert (made.project_count, done.slugs) == (1, ("small",))
    assert list(desk.db.conn.iterdump()) == dump(tmp_path / "back")
    [model] = (tmp_path / "back" / "projects" / "small" / "artifacts").iterdir()
    assert model.read_bytes() == b"model"
    assert not (tmp_path / "back" / "projects" / "small" / "uploads").exists()


def dump(folder):
    with closing(open_project(folder, "small").conn) as conn:
        return list(conn.iterdump())


def test_a_back_up_leaves_nothing_beside_it(desk, tmp_path):
    made = save(desk, tmp_path / "copies")
    assert list((tmp_path / "copies").iterdir()) == [made.path]
    assert made.path.suffix == ".backup"


def test_a_back_up_taken_while_somebody_decides_is_one_moment_and_nobody_waits(desk, tmp_path):
    stop, decided = threading.Event(), []

    def work():
        db = open_project(desk.data_dir, "small")
        while not stop.is_set():
            number = len(decided)
            request = f"busy-{number}"
            decide(db, actor=OTHER, request_id=request, item_id=5 + number % 8, class_id=1, now=desk.now())
            decided.append(number)
        db.conn.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        made = [save(desk, tmp_path / "copies") for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert decided
    for number, one in enumerate(made):
        folder = tmp_path / f"back{number}"
        bring_back(one.path, folder)
        whole = "SELECT count(*) = max(id) - min(id) + 1 FROM events"
        assert count(folder, whole) == 1
        assert count(folder, "SELECT count(*) FROM events WHERE request_id LIKE 'busy-%'") <= len(decided)


def test_only_the_newest_are_kept_when_asked(desk, tmp_path):
    made = [save(desk, tmp_path / "copies") for _ in range(3)]
    last = save(desk, tmp_path / "copies", keep=2)
    assert last.removed == (made[0].path, made[1].path)
    assert sorted((tmp_path / "copies").iterdir()) == [made[2].path, last.path]


def test_a_named_file_is_written_and_never_replaced(desk, tmp_path):
    path = tmp_path / "my.backup"
    assert save(desk, path).path == path
    before = path.read_bytes()
    with pytest.raises(BadInput, match="exists already"):
        save(desk, path)
    assert path.read_bytes() == before
    with pytest.raises(BadInput, match="name a folder"):
        save(desk, tmp_path / "other.backup", keep=3)


def test_archived_projects_are_in_a_back_up(desk, tmp_path):
    desk.db.conn.close()
    archive_project(desk.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    done = bring_back(save(desk, tmp_path / "copies").path, tmp_path / "back")
    assert (done.slugs, done.archived_slugs) == ((), ("small",))


@pytest.mark.parametrize("options", [{"check": Check.THOROUGH}, {"keep": 3}])
def test_a_damaged_database_makes_no_back_up_that_is_checked_thoroughly(desk, tmp_path, options):
    damage(desk, slice(4096 * 3, 4096 * 6))
    with pytest.raises((BadInput, StoreUnusable), match=r"damaged|can't be"):
        save(desk, tmp_path / "copies", **options)
    assert list((tmp_path / "copies").glob("*")) == []


def test_a_database_that_can_not_be_opened_makes_no_back_up_at_all(desk, tmp_path):
    damage(desk, slice(0, 4096))
    with pytest.raises(StoreUnusable, match="can't be copied"):
        save(desk, tmp_path / "copies")
    assert list((tmp_path / "copies").glob("*")) == []


def damage(desk, place):
    desk.db.conn.close()
    path = desk.folder / "project.db"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[place] = b"\xff" * len(data[place])
    path.write_bytes(data)


def test_nothing_is_restored_over_anything(desk, tmp_path):
    made = save(desk, tmp_path / "copies")
    before = desk.folder.stat().st_mtime_ns
    with pytest.raises(Conflict, match="nothing is overwritten"):
        bring_back(made.path, desk.data_dir)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".hidden").touch()
    with pytest.raises(Conflict):
        bring_back(made.path, tmp_path / "full")
    assert desk.folder.stat().st_mtime_ns == before


def test_an_empty_folder_is_filled(desk, tmp_path):
    (tmp_path / "empty").mkdir()
    bring_back(save(desk, tmp_path / "copies").path, tmp_path / "empty")
    assert list_slugs(tmp_path / "empty") == ["small"]


def test_a_damaged_back_up_restores_nothing(desk, tmp_path):
    path = save(desk, tmp_path / "copies").path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BadInput):
        bring_back(path, tmp_path / "back")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["copies", "data"]


def forged(desk, tmp_path, sql):
    """A back-up with right hashes whose project database was changed by this SQL."""
    made = save(desk, tmp_path / "copies")
    with zipfile.ZipFile(made.path) as archive:
        archive.extractall(tmp_path / "forged")
    with closing(sqlite3.connect(tmp_path / "forged" / "projects" / "small" / "project.db")) as db:
        db.executescript(sql)
    files = {name: tmp_path / "forged" / name for name in ("tandem.db", "projects/small/project.db")}
    path = tmp_path / "forged.backup"
    write_archive(path, files, kind=KIND, made_at="", about={})
    return path


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("CREATE TRIGGER spy AFTER INSERT ON events BEGIN DELETE FROM queue; END", "holds a foreign trigger 'spy'"),
        ("DROP TRIGGER events_no_delete", "lacks trigger 'events_no_delete'"),
        ("PRAGMA foreign_keys=OFF; INSERT INTO import_rejects VALUES (99, 1, 'x', 'y', '[]')", "points nowhere"),
    ],
    ids=["foreign trigger", "guard removed", "broken reference"],
)
def test_a_database_that_tandem_would_not_have_written_is_refused(desk, tmp_path, sql, told):
    with pytest.raises(BadInput, match=told):
        bring_back(forged(desk, tmp_path, sql), tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_newer_database_is_refused(desk, tmp_path):
    sql = "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('tandem_project', 'm999', '')"
    with pytest.raises(StoreUnusable, match="newer Tandem"):
        bring_back(forged(desk, tmp_path, sql), tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_job_under_way_is_cancelled_in_the_restored_folder(desk, tmp_path):
    tandem = open_tandem(desk.data_dir)
    job = submit_job(tandem, slug="small", kind="train", args={}, request_id="r", actor=LOCAL_OWNER, now=desk.now())
    made = save(desk, tmp_path / "copies")
    tandem.conn.close()
    bring_back(made.path, tmp_path / "back")
    restored = open_tandem(tmp_path / "back")
    assert find_job(restored, job.id).status == "cancelled"
    assert claim_next_job(restored, token="t", at="2027", lost_before="2027") is None
    assert fetch_value(restored, "SELECT count(*) FROM jobs") == 1
    restored.conn.close()


def test_who_may_not_manage_is_refused(desk, tmp_path):
    with pytest.raises(NotPermitted):
        back_up(desk.data_dir, to=tmp_path / "copies", actor=OTHER, now=desk.now())
    with pytest.raises(NotPermitted):
        restore(tmp_path / "x", data_dir=tmp_path / "back", actor=OTHER, now=desk.now())
    shutil.rmtree(desk.folder)


def test_images_are_backed_up_and_restored(tmp_path):
    project = ImageProject(tmp_path / "data", count=3)
    made = back_up(project.data_dir, to=tmp_path / "copies", actor=LOCAL_OWNER, now=project.now())
    bring_back(made.path, tmp_path / "back")
    kept = [
        sorted(path.name for path in (folder / "projects" / "pictures" / "images").glob("??/*"))
        for folder in (project.data_dir, tmp_path / "back")
    ]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 3
