"""The worker asks for trainings that are due: as the system, once, and not while the project is at work."""

import pytest

from hitl.domain.people import SYSTEM
from hitl.loop.jobs import submit_job
from hitl.loop.review import decide
from hitl.loop.triggers import set_triggers
from hitl.store.connection import open_tandem
from hitl.store.jobs import list_latest_jobs
from hitl.views.jobs import read_jobs
from hitl.worker.training_triggers import ask_for_trainings
from tests.small_project import SmallProject


@pytest.fixture
def project(tmp_path):
    small = SmallProject(tmp_path, rows=30, labelled=12)
    set_triggers(
        small.db,
        label_count=5,
        daily=None,
        is_paused=False,
        promotes=False,
        reason="often",
        actor=small.actor,
        now=small.now(),
    )
    return small


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def jobs_of(tandem):
    return [(job.kind, job.status, job.actor_id) for job in list_latest_jobs(tandem, slug="small", count=9)]


def test_a_due_training_is_asked_for_once_and_says_why(tmp_path, project, tandem):
    for _ in range(3):
        ask_for_trainings(tmp_path, tandem, project.now())
    assert jobs_of(tandem) == [("train", "queued", SYSTEM.id)]
    assert read_jobs(tandem, "small", now=project.now())[0].kind_name == "training after 5 new labels"


def test_a_failed_one_is_not_asked_for_again_until_something_is_said(tmp_path, project, tandem):
    ask_for_trainings(tmp_path, tandem, project.now())
    tandem.execute("UPDATE jobs SET status = 'failed'")
    ask_for_trainings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 1
    for item_id in range(20, 25):
        decide(
            project.db,
            actor=project.actor,
            request_id=f"d{item_id}",
            item_id=item_id,
            class_id=1,
            now=project.now(),
        )
    ask_for_trainings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 2


@pytest.mark.parametrize("kind", ["train", "import", "promote"])
def test_none_begins_while_the_project_is_at_work(tmp_path, project, tandem, kind):
    submit_job(tandem, slug="small", kind=kind, args={}, request_id="r", actor=project.actor, now=project.now())
    ask_for_trainings(tmp_path, tandem, project.now())
    assert [job[0] for job in jobs_of(tandem)] == [kind]


def test_a_project_that_cannot_be_opened_does_not_keep_others_waiting(tmp_path, project, tandem, caplog):
    broken = tmp_path / "projects" / "a-broken-one"
    broken.mkdir()
    (broken / "project.db").write_bytes(b"no database at all, but long enough to be looked at")
    ask_for_trainings(tmp_path, tandem, project.now())
    assert len(jobs_of(tandem)) == 1
    unreadable = [record.ids["project"] for record in caplog.records if record.msg == "training_trigger_unreadable"]
    assert unreadable == ["a-broken-one"]
