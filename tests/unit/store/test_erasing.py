"""A database is written anew only where there is room for it, and what stands in the way is said."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.errors import StoreUnusable
from hitl.loop.jobs import JobKind, submit_job
from hitl.loop.redact import RedactionOrder, redact_item
from hitl.store import erasing
from hitl.store.connection import fetch_value, open_tandem
from hitl.store.erasing import room_needed, write_anew
from hitl.store.jobs import list_latest_jobs
from hitl.worker.redacting import ask_for_redactions
from hitl.worker.run import work_until_ended
from tests.marked import files_with

MARK = "Zyxomarkedword"
REAL = shutil.disk_usage
Usage = namedtuple("Usage", "free")


@pytest.fixture
def free(monkeypatch):
    """A function that says how many bytes are free in which folder; None leaves that as it is."""

    def free(number, *, passing=None):
        def measure(place):
            is_passing = Path(place) == erasing._passing_folder()
            found = passing if is_passing and passing is not None else number
            return REAL(place) if found is None else Usage(found)

        monkeypatch.setattr("hitl.store.erasing.shutil.disk_usage", measure)

    return free


def test_it_takes_as_much_as_the_pages_in_use_for_each_of_two_copies(small):
    write_anew(small.db)
    small.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = (small.folder / "project.db").stat().st_size
    assert size < room_needed(small.db) < 1.01 * size


@pytest.mark.parametrize(("factor", "fits"), [(1.99, False), (2, True)])
def test_on_one_disk_both_copies_have_to_fit(small, free, factor, fits):
    free(int(factor * room_needed(small.db)))
    if fits:
        write_anew(small.db)
        return
    with pytest.raises(
        StoreUnusable, match=r"takes \d+ MB, and \d+ MB are free. Make room on the disk of the data folder"
    ):
        write_anew(small.db)


def test_on_two_disks_each_copy_has_to_fit_on_its_own(small, free, tmp_path, monkeypatch):
    passing = Path("/dev/shm")
    if not passing.is_dir() or passing.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("needs a second disk")
    monkeypatch.setenv("SQLITE_TMPDIR", str(passing))
    write_anew(small.db)
    needed = room_needed(small.db)
    free(needed, passing=needed)
    write_anew(small.db)
    free(needed, passing=needed - 1)
    with pytest.raises(StoreUnusable, match="SQLITE_TMPDIR"):
        write_anew(small.db)
    free(needed - 1, passing=needed)
    with pytest.raises(StoreUnusable, match="disk of the data folder"):
        write_anew(small.db)


def test_a_redaction_without_room_says_so_stays_asked_for_and_ends_once_there_is_room(small, free):
    tandem = open_tandem(small.data_dir)
    small.add_rows([("m1", f"{MARK} text of somebody", "yes")])
    who = {"actor": small.actor, "now": small.now()}
    order = RedactionOrder(external_id="m1", reason="asked for")
    redact_item(small.db, tandem, slug="small", order=order, request_id="r", **who)
    free(1_000)
    job = submit_job(
        tandem, slug="small", kind=JobKind.REDACT, args={}, request_id="j", actor=small.actor, now=utc_now()
    )
    assert work_until_ended(small.data_dir, job_id=job.id)
    [failed] = list_latest_jobs(tandem, slug="small", count=1)
    assert "The content is out of the project already" in failed.error
    assert "Make room" in failed.error
    assert str(small.data_dir) not in failed.error
    assert fetch_value(small.db, "SELECT count(*) FROM redaction_ends") == 0
    free(None)
    ask_for_redactions(small.data_dir, tandem, utc_now())
    [again] = list_latest_jobs(tandem, slug="small", count=1)
    assert again.id != failed.id
    assert work_until_ended(small.data_dir, job_id=again.id)
    assert files_with(small.data_dir, MARK) == []
    tandem.conn.close()
