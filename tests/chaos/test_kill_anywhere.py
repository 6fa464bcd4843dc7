"""kill -9 at many places and at moments drawn at random, long: what was acknowledged is there, every job ends."""

import random
import signal

import pytest

from tests.faults.house import House

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

ROUNDS = 12
IMPORTED_ROWS = 12_000
VISIBLE = "SELECT count(*) FROM item_state"

PLACES = [
    *[("train", "hitl.worker.progress", "JobRun.tick", "before", nth) for nth in (1, 3, 6, 9, 15, 21)],
    *[("train", "hitl.worker.progress", "JobRun.keep", "before", nth) for nth in (1, 2, 3)],
    *[("train", "hitl.worker.progress", "JobRun.keep", "after", nth) for nth in (1, 2, 3)],
    ("train", "hitl.loop.train", "write_artifact", "before", 1),
    ("train", "hitl.loop.train", "write_artifact", "after", 1),
    ("train", "hitl.worker.stages", "promote", "before", 1),
    ("train", "hitl.worker.stages", "promote", "after", 1),
    ("train", "hitl.worker.run", "end_job", "before", 1),
    *[("import", "hitl.store.staging", "Stager.write", "after", nth) for nth in (1, 2, 3)],
    *[("import", "hitl.worker.progress", "JobRun.keep", "before", nth) for nth in (1, 2)],
    *[("import", "hitl.worker.progress", "JobRun.keep", "after", nth) for nth in (1, 2)],
    ("import", "hitl.store.staging", "add_items", "after", 2),
    ("import", "hitl.loop.ingest", "show_items", "after", 1),
    *[("import", "hitl.loop.ingest", "derive_published", when, 1) for when in ("before", "after")],
    ("import", "hitl.worker.stages", "finish_routing", "after", 1),
    *[("import", "hitl.store.routing", "route_next", when, nth) for when in ("before", "after") for nth in (1, 2, 5)],
    *[("train", "hitl.store.routing", "route_next", when, nth) for when in ("before", "after") for nth in (1, 2, 3)],
    *[("train", "hitl.store.versions", "add_predictions", "after", nth) for nth in (1, 3, 6)],
    ("import", "hitl.worker.run", "end_job", "before", 1),
]


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path / "data")
    yield house
    house.close()


def submit(house, kind):
    return house.submit_import(IMPORTED_ROWS)[0] if kind == "import" else house.submit(kind)


def assert_done_once(house, kind, before):
    if kind == "import":
        assert house.count(VISIBLE) == before + IMPORTED_ROWS
        return
    assert house.count("SELECT count(*) FROM versions") == 1
    assert house.count("SELECT count(*) FROM promotions") == 1


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(map(str, place)))
def test_a_job_whose_worker_died_there_is_done_once(house, place):
    kind, *death = place
    before = house.count(VISIBLE)
    job_id = submit(house, kind)
    house.let_die(*death)
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error or house.log_path.read_text()
    assert_done_once(house, kind, before)
    house.assert_sound()


@pytest.mark.parametrize("kind", ["train", "import"])
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_job_whose_worker_died_at_a_random_moment_is_done_once(house, kind, seed):
    before = house.count(VISIBLE)
    job_id = submit(house, kind)
    worker = house.start_worker()
    house.wait_until(lambda: house.job(job_id).status != "queued")
    moment = random.Random(f"{kind}-{seed}").random()
    house.wait_until(lambda: house.job(job_id).progress >= moment or house.job(job_id).status == "done")
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    house.assert_sound()
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert job.status == "done", job.error or house.log_path.read_text()
    assert_done_once(house, kind, before)
    house.assert_sound()
