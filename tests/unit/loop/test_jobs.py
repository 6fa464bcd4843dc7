"""Asking for background work."""

import pytest

from hitl.access import may
from hitl.domain.clock import utc_now
from hitl.domain.errors import Conflict, NotFound, NotPermitted
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole
from hitl.domain.policies import JOB_PERMISSIONS
from hitl.loop.jobs import JobKind, request_cancel, submit_job
from hitl.store.connection import open_tandem

VIEWER = Actor(id=1, name="Viewer", role=MemberRole.VIEWER)


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def submit(tandem, *, slug="tickets", kind="train", request_id="first", actor=LOCAL_OWNER):
    return submit_job(
        tandem,
        slug=slug,
        kind=kind,
        args={"seed": 0, "path": "nowhere.csv"},
        request_id=request_id,
        actor=actor,
        now=utc_now(),
    )


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


def test_the_job_of_another_project_can_neither_be_cancelled_nor_guessed(tandem):
    job = submit(tandem, slug="other")
    with pytest.raises(NotFound) as foreign:
        request_cancel(tandem, slug="tickets", job_id=job.id, actor=LOCAL_OWNER, now=utc_now())
    with pytest.raises(NotFound) as missing:
        request_cancel(tandem, slug="tickets", job_id=99, actor=LOCAL_OWNER, now=utc_now())
    assert str(foreign.value) == str(missing.value).replace("99", str(job.id))


def test_a_request_of_another_project_gives_nobody_its_job(tandem):
    submit(tandem, slug="other")
    with pytest.raises(Conflict, match="used for something else"):
        submit(tandem)


@pytest.mark.parametrize("kind", JobKind)
@pytest.mark.parametrize("role", MemberRole)
def test_a_job_is_cancelled_by_who_may_do_what_it_does(tandem, kind, role):
    job = submit(tandem, kind=kind)
    actor = Actor(id=9, name="Somebody", role=role)
    try:
        request_cancel(tandem, slug=job.slug, job_id=job.id, actor=actor, now=utc_now())
    except NotPermitted:
        assert not may(actor, JOB_PERMISSIONS[kind])
    else:
        assert may(actor, JOB_PERMISSIONS[kind])
