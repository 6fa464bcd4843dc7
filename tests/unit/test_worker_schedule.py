"""What is due is asked for between jobs: not at every turn of the loop, and whatever one asker does."""

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.errors import StoreUnusable
from hitl.store.connection import open_tandem
from hitl.worker import schedule
from hitl.worker.schedule import Schedule


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def look(one, tandem, times=1):
    for _ in range(times):
        one.ask_for_due_work(tandem, now=utc_now())


def test_it_looks_at_once_and_then_not_at_every_turn(tmp_path, tandem):
    looks = []
    look(Schedule(tmp_path, askers=[lambda *found: looks.append(found)]), tandem, times=5)
    assert [(folder, db) for folder, db, _ in looks] == [(tmp_path, tandem)]


def test_it_looks_again_when_the_time_has_passed(tmp_path, tandem, monkeypatch):
    looks = []
    monkeypatch.setattr(schedule, "LOOK_SECONDS", 0.0)
    look(Schedule(tmp_path, askers=[lambda *_: looks.append(1)]), tandem, times=3)
    assert len(looks) == 3


@pytest.mark.parametrize("error", [StoreUnusable("The disk is full."), ZeroDivisionError("a bug")])
def test_an_asker_that_fails_is_logged_and_the_next_one_looks(tmp_path, tandem, caplog, error):
    looks = []

    def fail(*_):
        raise error

    look(Schedule(tmp_path, askers=[fail, lambda *_: looks.append(1)]), tandem)
    assert looks == [1]
    record = caplog.records[0]
    assert record.msg == "due_work_not_asked_for"
    assert error in (record.ids.get("error"), (record.exc_info or (None, None))[1])
