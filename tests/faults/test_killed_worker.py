"""kill -9 of the worker: nothing is half-published, and the next worker ends the job as if nothing had been.

More places and random moments: tests/chaos.
"""

import shutil
import sqlite3
import time

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.interrupted import discarding_args, find_interrupted, resume_import
from hitl.loop.route import set_policy
from hitl.store.connection import open_project
from hitl.store.routing import begin_routing
from hitl.worker.run import work_until_ended
from tests.faults.house import House, opened

LOCKED_SECONDS = 1.5  # tests/chaos: ten
IMPORTED_ROWS = 12_000
VISIBLE = "SELECT count(*) FROM item_state"
LABELLED = "SELECT count(*) FROM item_state WHERE resolved_class_id IS NOT NULL"
PREDICTED = "SELECT count(*) FROM predictions WHERE version_id = (SELECT max(id) FROM versions)"

DEATHS_IN_AN_IMPORT = {
    "in a chunk": ("hitl.store.staging", "Stager.write", "after", 2),
    "while publishing": ("hitl.loop.ingest", "derive_published", "after", 1),
    "before the job knows it is published": ("hitl.worker.stages", "publish_import", "after", 1),
}
DEATHS_IN_A_TRAINING = {
    "while what to ask meanwhile is chosen": ("hitl.loop.order", "put_first", "after", 1),
    "between two fits": ("hitl.worker.progress", "JobRun.tick", "before", 12),
    "between two steps of prediction": ("hitl.store.versions", "add_predictions", "after", 3),
    "while promoting": ("hitl.loop.promote", "begin_routing", "after", 1),
    "between two steps of routing": ("hitl.store.routing", "route_next", "after", 3),
}


@pytest.mark.parametrize("death", DEATHS_IN_AN_IMPORT.values(), ids=DEATHS_IN_AN_IMPORT)
def test_an_import_is_published_whole_or_not_at_all_and_once(house, death):
    before = house.count(VISIBLE)
    job_id, upload = house.submit_import(IMPORTED_ROWS)
    house.let_die(*death)
    assert house.count(VISIBLE) in {before, before + IMPORTED_ROWS}
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert house.count(VISIBLE) == before + IMPORTED_ROWS
    assert house.count("SELECT count(*) FROM import_ends") == 2
    assert not upload.exists()
    house.assert_sound()


@pytest.mark.parametrize("choice", ["resume", "discard"])
def test_an_import_whose_worker_always_dies_waits_for_a_person_to_choose(house, choice):
    before = house.count(VISIBLE)
    job_id, upload = house.submit_import(IMPORTED_ROWS)
    for chunk in (2, 1, 1):  # the first of three is kept
        house.let_die("hitl.store.staging", "Stager.write", "after", chunk)
    house.start_worker()
    assert house.wait_for_end(job_id).status == "failed"
    with house.project_and_jobs() as (db, tandem):
        (one,) = find_interrupted(db, tandem, slug="small")
        assert (one.item_count, one.last_row, one.can_go_on) == (5_000, 5_001, True)
        if choice == "resume":
            resume_import(db, tandem, slug="small", import_id=one.import_id, actor=LOCAL_OWNER, now=utc_now())
        else:
            job_id = house.submit("import", **discarding_args(one))
    job = house.wait_for_end(job_id)
    assert job.status == "done", job.error
    assert house.count(VISIBLE) == before + (IMPORTED_ROWS if choice == "resume" else 0)
    assert not upload.exists()
    house.assert_sound()


@pytest.mark.parametrize("death", DEATHS_IN_A_TRAINING.values(), ids=DEATHS_IN_A_TRAINING)
def test_a_training_makes_one_version_and_never_a_champion_without_answers(house, death):
    job_id = house.submit("train")
    house.let_die(*death)
    assert_champion_has_answered(house)
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert house.count("SELECT count(*) FROM versions") == 1
    assert house.count("SELECT count(*) FROM promotions") == 1
    assert_champion_has_answered(house)
    assert house.count(PREDICTED) == house.count(VISIBLE)
    house.assert_sound()


DEATHS_IN_A_BULK_ACT = {
    "in the middle of a step": ("hitl.loop.bulk", "refresh_groups", "before", 3),
    "after a step": ("hitl.worker.progress", "JobRun.tick", "before", 4),
    "at its end": ("hitl.loop.bulk", "store.add_end", "after", 1),
}


@pytest.mark.parametrize("death", DEATHS_IN_A_BULK_ACT.values(), ids=DEATHS_IN_A_BULK_ACT)
@pytest.mark.parametrize("step", ["do", "undo"])
def test_a_bulk_act_is_done_once_and_undone_as_one(large_house, death, step):
    house = large_house
    before = house.count(LABELLED)
    act = house.begin_bulk_act(is_undone=step == "undo")
    job_id = house.submit("bulk", act_id=act.id, step=step)
    house.let_die(*death)
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert house.count("SELECT count(*) FROM bulk_act_events") == act.group_count
    assert house.count("SELECT count(*) FROM events WHERE kind = 'undo'") == (act.group_count if step == "undo" else 0)
    assert house.count(LABELLED) == before + (act.group_count if step == "do" else 0)
    house.assert_sound()


DEATHS_IN_A_PROMOTION = {
    "in a step of routing": ("hitl.store.routing", "_audit", "after", 2),
    "between two steps of routing": ("hitl.store.routing", "route_next", "after", 3),
    "after the last step of routing": ("hitl.store.routing", "route_in_steps", "after", 1),
    "in a step of removing predictions": ("hitl.store.versions", "prune_predictions", "before", 2),
    "between two steps of removing predictions": ("hitl.store.versions", "prune_predictions", "after", 3),
}


@pytest.fixture(scope="module")
def thrice_trained(tmp_path_factory):
    """A data folder whose project has three versions, the second of them in use."""
    house = House(tmp_path_factory.mktemp("trained") / "data")
    accept_more(house)
    for kind in ("train", "train", "promote", "train"):
        args = {"version_id": 2, "reason": "better"} if kind == "promote" else {}
        job_id = house.submit(kind, **args)
        work_until_ended(house.folder, job_id=job_id)
        assert house.job(job_id).status == "done", house.job(job_id).error
    return house.folder


@pytest.mark.parametrize("death", DEATHS_IN_A_PROMOTION.values(), ids=DEATHS_IN_A_PROMOTION)
def test_a_promotion_goes_on_where_it_was_cut_off_and_gives_no_answer_twice(house, thrice_trained, death):
    shutil.rmtree(house.folder)
    shutil.copytree(thrice_trained, house.folder)
    job_id = house.submit("promote", version_id=3, reason="better")
    house.let_die(*death)
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert house.count("SELECT count(*) FROM routing") == 0
    assert house.count("SELECT count(*) FROM promotions") == 3
    assert house.rows("SELECT min(version_id) AS least FROM predictions") == [{"least": 2}]
    assert_releases_are_consistent(house)
    house.assert_sound()


def accept_more(house):
    """Sixty short texts make no model sure of anything; the policy takes what it says."""
    with opened(open_project(house.folder, "small")) as db:
        set_policy(
            db,
            threshold=0.05,
            audit_rate=0.3,
            lease_seconds=60,
            query_strategy="default",
            reason="test",
            actor=LOCAL_OWNER,
            now=utc_now(),
        )


def assert_releases_are_consistent(house):
    """One open answer at most an item, in force where the item is accepted; no group drawn twice for one reason."""
    open_ones = "FROM releases WHERE id NOT IN (SELECT release_id FROM release_ends)"
    assert house.count(f"SELECT count(*) - count(DISTINCT item_id) {open_ones}") == 0
    accepted = "SELECT count(*) FROM item_state WHERE route = 'auto_accept' AND resolved_class_id IS NULL"
    assert house.count(f"SELECT count(*) {open_ones}") == house.count(accepted) > 0
    assert house.count("SELECT count(*) - count(DISTINCT group_id) FROM draws") == 0
    assert house.count("SELECT sum(population) FROM frames") <= house.count("SELECT count(*) FROM releases")


def test_a_routing_that_nobody_finishes_is_finished_by_the_next_worker(house):
    work_until_ended(house.folder, job_id=house.submit("train"))
    with opened(open_project(house.folder, "small")) as db:
        begin_routing(db, at="2026-01-05T09:00:00.000000Z")
    house.start_worker()
    house.wait_until(lambda: house.count("SELECT count(*) FROM routing") == 0)
    house.assert_sound()


def test_a_database_locked_by_another_program_is_waited_for(house):
    work_until_ended(house.folder, job_id=house.submit("train"))
    house.start_worker()
    other = sqlite3.connect(house.folder / "projects" / "small" / "project.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begin = "INSERT INTO routing(id, routed_to, since_release_id, begun_at) VALUES (1, 0, 0, '2026-01-05')"
    other.execute(begin)
    job_id = house.submit("reroute")
    house.wait_until(lambda: house.job(job_id).status == "running")
    other.execute("COMMIT")
    other.execute("BEGIN IMMEDIATE")
    time.sleep(LOCKED_SECONDS)
    other.execute("COMMIT")
    other.close()
    assert house.wait_for_end(job_id).status == "done"
    assert house.count("SELECT count(*) FROM routing") == 0
    house.assert_sound()


def assert_champion_has_answered(house):
    if house.count("SELECT count(*) FROM promotions"):
        assert house.count(PREDICTED) == house.count(VISIBLE)


def test_a_worker_that_dies_each_time_ends_the_job_with_a_sentence(house):
    job_id = house.submit("train")
    for _ in range(3):
        house.let_die("hitl.worker.stages", "take_snapshot", "before", 1)
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert job.status == "failed"
    assert "stopped 3 times during this job" in job.error
    house.assert_sound()
