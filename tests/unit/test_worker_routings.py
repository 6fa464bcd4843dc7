"""The worker finishes a routing that was cut off: as the system, once, and not while the project is at work."""

from datetime import timedelta

import pytest

from hitl.domain.people import SYSTEM
from hitl.loop.jobs import submit_job
from hitl.loop.project_life import delete_project
from hitl.store.connection import open_tandem, write_transaction
from hitl.store.jobs import list_latest_jobs
from hitl.store.rebuilding import check
from hitl.store.routing import begin_routing
from hitl.store.withdrawals import add_withdrawal, unfinished_withdrawals
from hitl.worker.routings import ask_for_routings
from hitl.worker.run import work_until_ended
from tests.small_project import START, SmallProject


@pytest.fixture
def project(tmp_path):
    return SmallProject(tmp_path)


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def jobs_of(tandem):
    return [(job.kind, job.status, job.actor_id) for job in list_latest_jobs(tandem, slug="small", count=9)]


def test_an_unfinished_routing_is_asked_for_once(tmp_path, project, tandem):
    begin_routing(project.db, at="2026-01-05T10:00:00.000000Z")
    for _ in range(3):
        ask_for_routings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == [("reroute", "queued", SYSTEM.id)]


def cut_off_withdrawal(project):
    wrong = project.add_rows([("n1", "new", ""), ("n2", "new too", "")])
    with write_transaction(project.db):
        add_withdrawal(project.db, wrong.import_id, reason="r", request_id="w", actor_id=1, at="2026-01-05T10:00:00.0Z")


def test_a_withdrawal_that_was_cut_off_is_asked_for_and_ended(tmp_path, project, tandem):
    cut_off_withdrawal(project)
    ask_for_routings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == [("reroute", "queued", SYSTEM.id)]
    work_until_ended(tmp_path, job_id=list_latest_jobs(tandem, slug="small", count=1)[0].id)
    assert unfinished_withdrawals(project.db) == []
    assert check(project.db) == []


def test_one_that_failed_is_not_asked_for_again_and_again(tmp_path, project, tandem):
    begin_routing(project.db, at="2026-01-05T10:00:00.000000Z")
    ask_for_routings(tmp_path, tandem, project.now())
    tandem.execute("UPDATE jobs SET status = 'failed'")
    ask_for_routings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 1


@pytest.mark.parametrize("status", ["failed", "cancelled", "done"])
def test_a_withdrawal_whose_job_came_to_nothing_is_asked_for_again_each_hour(tmp_path, project, tandem, status):
    cut_off_withdrawal(project)
    now = project.now().replace(minute=10)
    for minutes, count in ((0, 1), (1, 1), (49, 1), (50, 2), (59, 2), (110, 3)):
        ask_for_routings(tmp_path, tandem, now + timedelta(minutes=minutes))
        assert len(jobs_of(tandem)) == count
        tandem.execute("UPDATE jobs SET status = ?", (status,))


def test_a_withdrawal_whose_job_ended_does_not_stand_in_the_way_of_a_routing(tmp_path, project, tandem, caplog):
    caplog.set_level("INFO", logger="tandem.worker")
    cut_off_withdrawal(project)
    ask_for_routings(tmp_path, tandem, project.now())
    tandem.execute("UPDATE jobs SET status = 'cancelled'")
    begin_routing(project.db, at="2026-01-05T10:00:00.000000Z")
    for _ in range(3):
        ask_for_routings(tmp_path, tandem, project.now())
    assert [status for _, status, _ in jobs_of(tandem)] == ["queued", "cancelled"]
    tandem.execute("UPDATE jobs SET status = 'cancelled'")
    for _ in range(3):
        ask_for_routings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 2
    assert [record.msg for record in caplog.records] == ["routing_asked_for"] * 2  # nothing is told of no new job


def test_jobs_of_a_deleted_project_stand_for_none_of_one_made_again_under_its_short_name(tmp_path, project, tandem):
    cut_off_withdrawal(project)
    ask_for_routings(tmp_path, tandem, project.now())
    tandem.execute("UPDATE jobs SET status = 'cancelled'")
    project.db.conn.close()
    delete_project(tmp_path, slug="small", typed_name="Small", actor=project.actor, now=project.now())
    again = SmallProject(tmp_path, start=START + timedelta(minutes=10))
    cut_off_withdrawal(again)
    ask_for_routings(tmp_path, tandem, again.now())
    assert jobs_of(tandem) == [("reroute", "queued", SYSTEM.id)]


def test_nothing_is_asked_for_where_all_is_routed_or_a_job_is_under_way(tmp_path, project, tandem):
    ask_for_routings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == []
    begin_routing(project.db, at="2026-01-05T10:00:00.000000Z")
    submit_job(tandem, slug="small", kind="train", args={}, request_id="t", actor=project.actor, now=project.now())
    ask_for_routings(tmp_path, tandem, project.now())
    assert [kind for kind, *_ in jobs_of(tandem)] == ["train"]
