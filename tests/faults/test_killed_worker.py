"""kill -9 of the worker: nothing is half-published, and the next worker ends the job as if nothing had been.

More places and random moments: tests/chaos.
"""

import pytest

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
    "between two fits": ("hitl.worker.progress", "JobRun.tick", "before", 12),
    "while promoting": ("hitl.loop.promote", "reroute_and_audit", "after", 1),
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
