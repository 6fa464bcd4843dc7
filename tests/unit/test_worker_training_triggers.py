"""The worker asks for trainings that are due: as the system, once, and not while the project is at work."""

import pytest

from hitl.domain.people import SYSTEM
from hitl.loop.encode import encode_items
from hitl.loop.jobs import submit_job
from hitl.loop.triggers import set_triggers
from hitl.store.connection import open_tandem
from hitl.store.jobs import list_latest_jobs
from hitl.store.versions import list_versions
from hitl.views.jobs import read_jobs
from hitl.worker.run import work_until_ended
from hitl.worker.training_triggers import ask_for_trainings
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder


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
        project.decide(item_id)
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


@pytest.fixture
def ahead_of_encoding(tmp_path, monkeypatch, tandem):
    """A version that was trained while no text was encoded, and all texts encoded since; nothing was said since."""
    WordEncoder().use(monkeypatch)
    small = SmallProject(tmp_path, rows=30, labelled=12)
    set_triggers(
        small.db,
        label_count=100,
        daily=None,
        is_paused=False,
        promotes=False,
        reason="seldom",
        actor=small.actor,
        now=small.now(),
    )
    train(small, tandem, "first")
    ask_for_trainings(tmp_path, tandem, small.now())
    assert len(jobs_of(tandem)) == 1
    encode_items(small.db, small.folder, now=small.now())
    yield small
    small.db.conn.close()


def train(small, tandem, request_id):
    who = {"actor": small.actor, "now": small.now()}
    job = submit_job(tandem, slug="small", kind="train", args={}, request_id=request_id, **who)
    assert work_until_ended(small.data_dir, job_id=job.id)


def test_once_all_texts_are_encoded_a_version_made_before_is_followed_by_another(tmp_path, ahead_of_encoding, tandem):
    for _ in range(2):
        ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    job = read_jobs(tandem, "small", now=ahead_of_encoding.now())[0]
    assert (len(jobs_of(tandem)), job.kind_name) == (2, "training once all texts were read")
    assert work_until_ended(tmp_path, job_id=job.job.id)
    assert "words" in list_versions(ahead_of_encoding.db)[0].libraries
    ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    assert len(jobs_of(tandem)) == 2


def test_one_that_failed_after_the_encoding_is_not_asked_for_again(tmp_path, ahead_of_encoding, tandem):
    ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    tandem.execute("UPDATE jobs SET status = 'failed'")
    ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    assert len(jobs_of(tandem)) == 2


def test_where_nobody_wants_trainings_by_themselves_none_follows_the_encoding(tmp_path, ahead_of_encoding, tandem):
    paused = {"label_count": 5, "daily": None, "is_paused": True, "promotes": False, "reason": "a pause"}
    set_triggers(ahead_of_encoding.db, **paused, actor=ahead_of_encoding.actor, now=ahead_of_encoding.now())
    ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    assert len(jobs_of(tandem)) == 1


def test_a_version_made_after_the_encoding_is_not_followed(tmp_path, ahead_of_encoding, tandem):
    train(ahead_of_encoding, tandem, "second")
    ask_for_trainings(tmp_path, tandem, ahead_of_encoding.now())
    assert len(jobs_of(tandem)) == 2
