"""The worker makes the back-up that is due, where the settings say; with too little room the old ones stay."""

from contextlib import closing
from datetime import timedelta

import pytest

from hitl.domain.backup_plan import BACKUP_SLUG
from hitl.domain.clock import utc_now
from hitl.loop.backup_turns import list_backups, read_backup_state
from hitl.store.connection import Database, open_tandem
from hitl.store.jobs import list_latest_jobs
from hitl.worker import backing_up
from hitl.worker.run import work_until_ended
from tests.small_project import SmallProject


@pytest.fixture
def desk(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    SmallProject(folder).db.conn.close()
    monkeypatch.setenv("TANDEM_DATA", str(folder))
    monkeypatch.setenv("TANDEM_BACKUPS", str(tmp_path / "copies"))
    monkeypatch.setenv("TANDEM_BACKUPKEEP", "2")
    return folder


def make_one(desk, *, days=0):
    """The job that the asker asks for on a day, done; how it ended."""
    with closing(open_tandem(desk).conn) as conn:
        tandem = Database(conn)
        backing_up.ask_for_backup(desk, tandem, utc_now() + timedelta(days=days))
        job = list_latest_jobs(tandem, slug=BACKUP_SLUG, count=1)[0]
        work_until_ended(desk, job_id=job.id)
        return list_latest_jobs(tandem, slug=BACKUP_SLUG, count=1)[0]


def test_a_back_up_that_is_due_is_made_and_the_newest_stay(desk, tmp_path):
    assert [make_one(desk, days=day).status for day in range(3)] == ["done"] * 3
    assert len(list_backups(tmp_path / "copies")) == 2
    with closing(open_tandem(desk).conn) as conn:
        assert read_backup_state(Database(conn)).error is None


def test_a_disk_with_too_little_room_is_named_and_the_good_ones_stay(desk, tmp_path, monkeypatch):
    make_one(desk)
    monkeypatch.setattr(backing_up, "LEAST_LEFT_BYTES", 2**60)
    failed = make_one(desk, days=1)
    assert failed.status == "failed"
    assert "MB free in" in failed.error
    assert "The back-ups that are there stay" in failed.error
    assert len(list_backups(tmp_path / "copies")) == 1


def test_without_a_folder_none_is_asked_for(desk, monkeypatch):
    monkeypatch.delenv("TANDEM_BACKUPS")
    with closing(open_tandem(desk).conn) as conn:
        backing_up.ask_for_backup(desk, Database(conn), utc_now())
        assert list_latest_jobs(Database(conn), slug=BACKUP_SLUG, count=1) == []
