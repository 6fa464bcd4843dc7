"""The worker notes every hour how long the projects' audit logs are."""

from datetime import timedelta

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.review import decide
from hitl.store.audit import read_head
from hitl.store.audit_heads import read_noted
from hitl.store.connection import open_tandem
from hitl.worker.log_ends import LogEnds
from hitl.worker.schedule import ASKERS
from tests.small_project import START, SmallProject

HOUR = timedelta(hours=1)


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path, rows=9, labelled=0)


@pytest.fixture
def look(small):
    tandem, ends = open_tandem(small.data_dir), LogEnds()

    def look_it(now):
        ends(small.data_dir, tandem, now)
        return [one.head for one in read_noted(tandem)["small"].heads]

    yield look_it
    tandem.conn.close()


def say(small, item_id):
    decide(small.db, request_id=small.request(), item_id=item_id, class_id=1, actor=LOCAL_OWNER, now=small.now())


def test_it_is_one_of_what_the_worker_looks_at():
    assert [one for one in ASKERS if isinstance(one, LogEnds)]


def test_ends_that_moved_are_noted_once_an_hour(small, look):
    first = read_head(small.db)
    assert look(START) == [first]
    say(small, 1)
    assert look(START + HOUR / 2) == [first]
    assert look(START + HOUR) == [first, read_head(small.db)]


def test_a_log_that_stands_still_is_not_noted_again(small, look):
    assert look(START) == look(START + 2 * HOUR)


def test_a_clock_that_went_back_keeps_nothing_waiting(small, look):
    look(START)
    say(small, 1)
    assert len(look(START - 5 * HOUR)) == 2
