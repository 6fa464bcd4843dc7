"""The worker explains the head of the queue between jobs: in steps that are kept, once, and not while a job waits."""

import json

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.explain import ask_why, find_unexplained
from hitl.loop.jobs import submit_job
from hitl.loop.predict import predict_version
from hitl.loop.promote import promote
from hitl.loop.review import decide
from hitl.loop.route import set_policy
from hitl.loop.train import take_snapshot, train_version
from hitl.store.connection import fetch_all, fetch_value, open_tandem
from hitl.worker import explaining
from hitl.worker.explaining import Explaining
from hitl.worker.schedule import ASKERS
from tests.small_project import OTHER, SmallProject


@pytest.fixture
def small(tmp_path):
    """Sixty texts, all of which wait: the version in use is trained on half of them."""
    small = SmallProject(tmp_path, rows=60, labelled=30)
    who = {"actor": small.actor, "now": small.now()}
    rule = {"threshold": 1.0, "audit_rate": 0.0, "lease_seconds": 600, "query_strategy": "default", "reason": "all"}
    set_policy(small.db, **rule, **who)
    snapshot = take_snapshot(small.db, request_id="s", **who)
    version = train_version(small.db, small.folder, snapshot_id=snapshot.id, seed=0, request_id="t", **who)
    predict_version(small.db, small.folder, version_id=version, now=small.now())
    promote(small.db, version_id=version, reason="first", request_id="p", **who)
    return small


@pytest.fixture
def tandem(tmp_path):
    db = open_tandem(tmp_path)
    yield db
    db.conn.close()


def count(small):
    return fetch_value(small.db, "SELECT count(*) FROM explanations")


def test_it_is_one_of_what_the_worker_looks_at():
    assert any(isinstance(one, Explaining) for one in ASKERS)


def test_the_head_of_the_queue_is_explained_by_looks_and_then_rests(small, tandem):
    explain, waiting = Explaining(), len(find_unexplained(small.db))
    assert waiting == 30
    explain(small.data_dir, tandem, utc_now())
    assert (count(small), find_unexplained(small.db)) == (waiting, [])
    before = fetch_all(small.db, "SELECT * FROM explanations ORDER BY item_id")
    explain(small.data_dir, tandem, utc_now())
    assert fetch_all(small.db, "SELECT * FROM explanations ORDER BY item_id") == before


def test_killed_in_the_middle_the_next_worker_goes_on_and_does_nothing_twice(small, tandem, monkeypatch):
    monkeypatch.setattr(explaining, "STEP_ITEMS", 7)
    steps, whole = [], explaining.explain_items

    def killed_at_the_third(db, explainer, item_ids, *, now):
        steps.append(list(item_ids))
        if len(steps) == 3:
            raise KeyboardInterrupt
        return whole(db, explainer, item_ids, now=now)

    monkeypatch.setattr(explaining, "explain_items", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        Explaining()(small.data_dir, tandem, utc_now())
    assert count(small) == 14
    Explaining()(small.data_dir, tandem, utc_now())
    assert count(small) == 30
    done = [item_id for step in (*steps[:2], *steps[3:]) for item_id in step]
    assert len(done) == len(set(done)) == 30


def test_a_look_ends_after_its_time_and_the_next_goes_on(small, tandem, monkeypatch):
    monkeypatch.setattr(explaining, "STEP_ITEMS", 5)
    monkeypatch.setattr(explaining, "LOOK_SECONDS", 0.0)
    explain = Explaining()
    monkeypatch.setattr(explaining.time, "monotonic", iter(range(1_000)).__next__)
    explain(small.data_dir, tandem, utc_now())
    assert count(small) < 30


def test_a_job_that_waits_goes_first(small, tandem):
    submit_job(tandem, slug="small", kind="train", args={}, request_id="j", actor=small.actor, now=utc_now())
    Explaining()(small.data_dir, tandem, utc_now())
    assert count(small) == 0


def test_the_reading_of_texts_does_not_keep_answers_from_being_explained(small, tandem):
    submit_job(tandem, slug="small", kind="encode", args={}, request_id="j", actor=small.actor, now=utc_now())
    Explaining()(small.data_dir, tandem, utc_now())
    assert count(small) == 30


def test_what_was_worked_off_is_topped_up_without_loading_the_model_again(small, tandem, monkeypatch):
    explain = Explaining()
    explain(small.data_dir, tandem, utc_now())
    item_id = fetch_value(small.db, "SELECT item_id FROM queue ORDER BY priority LIMIT 1")
    decide(small.db, actor=OTHER, request_id="d", item_id=item_id, class_id=1, now=small.now())
    small.db.execute("DELETE FROM explanations")
    monkeypatch.setattr(explaining, "Explainer", None)
    explain(small.data_dir, tandem, utc_now())
    assert count(small) == 29
    near = [
        one for row in fetch_all(small.db, "SELECT body FROM explanations") for one in json.loads(row["body"])["near"]
    ]
    assert item_id in near


def test_what_somebody_asks_about_is_explained(small, tandem):
    ask_why(small.db, item_id=1, actor=OTHER, now=small.now())
    Explaining()(small.data_dir, tandem, utc_now())
    assert fetch_value(small.db, "SELECT count(*) FROM explanations WHERE item_id = 1") == 1
    assert fetch_value(small.db, "SELECT count(*) FROM explanation_wishes") == 0


def test_a_model_that_can_not_be_loaded_is_told_once_and_not_tried_at_every_look(tmp_path, tandem, caplog):
    small = SmallProject(tmp_path)
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.6)))
    explain = Explaining()
    for _ in range(3):
        explain(tmp_path, tandem, utc_now())
    assert [record.msg for record in caplog.records] == ["not_explained"]
    assert count(small) == 0
