"""Jobs in the database: claimed once, kept by a lease, fenced by a token."""

from datetime import timedelta

import pytest

from hitl.domain.clock import utc_now, utc_text
from hitl.store.connection import open_tandem
from hitl.store.jobs import (
    MAX_ATTEMPTS,
    add_job,
    ask_to_cancel,
    beat,
    claim_next_job,
    end_job,
    find_job,
    keep_result,
    put_back,
    write_progress,
)

START = utc_now()
LEASE = timedelta(seconds=6)


def at(seconds: float) -> str:
    return utc_text(START + timedelta(seconds=seconds))


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def queue_job(tandem, slug="tickets", kind="train") -> int:
    return add_job(tandem, slug=slug, kind=kind, args={"seed": 1}, request_id=f"{slug}-{kind}", actor_id=1, at=at(0))


def claim(tandem, token, seconds):
    return claim_next_job(tandem, token=token, at=at(seconds), lost_before=at(seconds - LEASE.total_seconds()))


def test_a_job_is_claimed_once(tandem):
    job_id = queue_job(tandem)
    assert claim(tandem, "first", 1).id == job_id
    assert claim(tandem, "second", 2) is None


def test_jobs_are_claimed_in_the_order_they_were_asked_for(tandem):
    ids = [queue_job(tandem, slug) for slug in ("a", "b", "c")]
    assert [claim(tandem, "token", 1).id for _ in ids] == ids


def test_a_lost_job_is_claimed_again_and_the_first_worker_writes_nothing_more(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 1)
    assert claim(tandem, "second", 8).attempts == 2
    assert not beat(tandem, job_id=job_id, token="first", at=at(9))
    assert not keep_result(tandem, job_id=job_id, token="first", result={"version_id": 9})
    progress = {"stage": "train", "progress": 0.5, "note": "", "at": at(9)}
    assert write_progress(tandem, job_id=job_id, token="first", **progress) is None
    assert not end_job(tandem, job_id=job_id, token="first", status="done", note="", error=None, at=at(9))
    assert find_job(tandem, job_id).status == "running"


def test_a_heartbeat_keeps_the_lease(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 1)
    beat(tandem, job_id=job_id, token="first", at=at(5))
    assert claim(tandem, "second", 8) is None


def test_what_a_job_made_is_there_for_the_next_attempt(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 1)
    keep_result(tandem, job_id=job_id, token="first", result={"snapshot_id": 4})
    assert claim(tandem, "second", 8).result == {"snapshot_id": 4}


def test_a_job_that_is_lost_three_times_fails_with_a_sentence(tandem):
    job_id = queue_job(tandem)
    for attempt in range(MAX_ATTEMPTS):
        assert claim(tandem, f"worker-{attempt}", 1 + 8 * attempt) is not None
    assert claim(tandem, "last", 1 + 8 * MAX_ATTEMPTS) is None
    job = find_job(tandem, job_id)
    assert job.status == "failed"
    assert "stopped 3 times" in job.error


def test_an_orderly_stop_is_no_attempt(tandem):
    job_id = queue_job(tandem)
    for _ in range(2 * MAX_ATTEMPTS):
        assert claim(tandem, "token", 1).attempts == 1
        put_back(tandem, job_id=job_id, token="token", note="")
    assert find_job(tandem, job_id).status == "queued"


def test_a_waiting_job_is_cancelled_at_once(tandem):
    job_id = queue_job(tandem)
    ask_to_cancel(tandem, job_id=job_id, at=at(1))
    assert find_job(tandem, job_id).status == "cancelled"
    assert claim(tandem, "token", 2) is None


def test_a_running_job_learns_of_the_cancel_with_its_progress(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "token", 1)
    ask_to_cancel(tandem, job_id=job_id, at=at(2))
    progress = {"stage": "train", "progress": 0.5, "note": "", "at": at(3)}
    assert write_progress(tandem, job_id=job_id, token="token", **progress) is True


def test_a_cancelled_job_whose_worker_died_does_not_come_back(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 1)
    ask_to_cancel(tandem, job_id=job_id, at=at(2))
    assert claim(tandem, "second", 8) is None
    assert find_job(tandem, job_id).status == "cancelled"


def test_a_job_of_a_dead_worker_is_claimed_again_though_the_clock_went_back_a_day(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 86_400)
    assert claim(tandem, "second", 10).id == job_id
    assert claim(tandem, "third", 11) is None


def test_a_cancelled_job_of_a_dead_worker_ends_though_the_clock_went_back_a_day(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "first", 86_400)
    ask_to_cancel(tandem, job_id=job_id, at=at(9))
    assert claim(tandem, "second", 10) is None
    assert find_job(tandem, job_id).status == "cancelled"


def test_a_heartbeat_a_moment_ahead_of_this_clock_keeps_its_job(tandem):
    queue_job(tandem)
    claim(tandem, "first", 5)
    assert claim(tandem, "second", 1) is None


def test_a_job_that_has_ended_is_not_cancelled(tandem):
    job_id = queue_job(tandem)
    claim(tandem, "token", 1)
    end_job(tandem, job_id=job_id, token="token", status="done", note="", error=None, at=at(2))
    ask_to_cancel(tandem, job_id=job_id, at=at(3))
    job = find_job(tandem, job_id)
    assert (job.status, job.cancel_requested, job.progress) == ("done", False, 1.0)
