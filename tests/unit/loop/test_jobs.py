"""Asking for background work."""

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict, NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.loop.jobs import request_cancel, submit_job
from hitl.store.connection import open_tandem

VIEWER = Actor(id=1, name="Viewer", role=MemberRole.VIEWER)


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def submit(tandem, *, slug="tickets", kind="train", request_id="first", actor=LOCAL_OWNER):
    return submit_job(tandem, slug=slug, kind=kind, args={"seed": 0}, request_id=request_id, actor=actor, now=utc_now())


def test_the_same_request_gives_the_same_job(tandem):
    assert submit(tandem).id == submit(tandem).id


def test_a_second_training_waits_for_the_first(tandem):
    first = submit(tandem)
    with pytest.raises(Conflict, match=f"job {first.id}"):
        submit(tandem, request_id="second")


def test_projects_and_kinds_do_not_wait_for_each_other(tandem):
    ids = {submit(tandem).id, submit(tandem, slug="other", request_id="b").id}
    ids.add(submit(tandem, kind="predict", request_id="c").id)
    assert len(ids) == 3


def test_a_cancelled_job_makes_room_for_the_next(tandem):
    first = submit(tandem)
    assert (
        request_cancel(tandem, slug=first.slug, job_id=first.id, actor=LOCAL_OWNER, now=utc_now()).status == "cancelled"
    )
    assert submit(tandem, request_id="second").id != first.id


def test_who_may_not_train_may_neither_submit_nor_cancel(tandem):
    with pytest.raises(NotPermitted):
        submit(tandem, actor=VIEWER)
    job = submit(tandem)
    with pytest.raises(NotPermitted):
        request_cancel(tandem, slug=job.slug, job_id=job.id, actor=VIEWER, now=utc_now())


def test_an_unknown_job_can_not_be_cancelled(tandem):
    with pytest.raises(NotFound, match="no job 99"):
        request_cancel(tandem, slug="tickets", job_id=99, actor=LOCAL_OWNER, now=utc_now())
