"""The worker chooses the head of the queue anew after twenty decisions, between jobs, whole or not at all."""

import pytest

from hitl.domain.clock import utc_now
from hitl.loop import order
from hitl.loop.jobs import submit_job
from hitl.loop.review import claim, decide
from hitl.store.connection import fetch_all, open_tandem
from hitl.store.rebuilding import check
from hitl.worker.following import BATCH, Following
from hitl.worker.schedule import ASKERS
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    small = SmallProject(tmp_path, rows=80, labelled=0)
    yield small
    small.db.conn.close()


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


@pytest.fixture
def follow(small, tandem):
    """Looks as the worker does; it has looked once already."""
    following = Following()

    def look():
        following(small.data_dir, tandem, utc_now())

    look()
    return look


def chosen(small):
    return fetch_all(small.db, "SELECT * FROM asked_first ORDER BY group_id")


def answer(small, count):
    for lease in claim(small.db, actor=small.actor, count=count, now=small.now()):
        said = {"item_id": lease.item_id, "class_id": 1 + lease.item_id % 2, "assignment_id": lease.id}
        decide(small.db, actor=small.actor, request_id=small.request(), now=small.now(), **said)


def test_it_is_one_of_what_the_worker_looks_at():
    assert any(isinstance(one, Following) for one in ASKERS)


def test_after_twenty_decisions_the_head_is_chosen_anew_and_not_before(small, follow):
    answer(small, BATCH - 1)
    follow()
    assert chosen(small) == []
    answer(small, 1)
    follow()
    first = chosen(small)
    assert first
    follow()
    assert chosen(small) == first
    answer(small, BATCH)
    follow()
    assert chosen(small) != first
    assert check(small.db) == []


def test_a_job_of_the_project_goes_first(small, tandem, follow):
    answer(small, BATCH)
    submit_job(tandem, slug="small", kind="train", args={}, request_id="j", actor=small.actor, now=utc_now())
    follow()
    assert chosen(small) == []


def test_the_reading_of_texts_does_not_keep_the_queue_from_following(small, tandem, follow):
    answer(small, BATCH)
    submit_job(tandem, slug="small", kind="encode", args={}, request_id="j", actor=small.actor, now=utc_now())
    follow()
    assert chosen(small)


def test_killed_while_it_chooses_the_queue_is_as_before_and_the_next_look_goes_on(small, follow, monkeypatch):
    answer(small, BATCH)
    before = fetch_all(small.db, "SELECT * FROM queue ORDER BY group_id")
    put_first = order.put_first

    def killed(db, places, *, version_id):
        put_first(db, places, version_id=version_id)
        raise KeyboardInterrupt

    monkeypatch.setattr(order, "put_first", killed)
    with pytest.raises(KeyboardInterrupt):
        follow()
    assert (chosen(small), fetch_all(small.db, "SELECT * FROM queue ORDER BY group_id")) == ([], before)
    monkeypatch.setattr(order, "put_first", put_first)
    answer(small, BATCH)
    follow()
    assert chosen(small)
    assert check(small.db) == []
