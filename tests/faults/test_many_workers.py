"""Two workers and more at once: each job is done once, and one that lost its job writes nothing more."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor

from hitl.domain.clock import utc_now, utc_text
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import submit_job
from hitl.store.connection import open_tandem
from hitl.store.jobs import claim_next_job
from hitl.worker.process import LOCK_NAME
from tests.faults.house import opened

WORKERS = 4
RACERS = 8
RACED_JOBS = 40


def test_four_workers_started_together_do_a_job_once(house):
    job_id = house.submit("train")
    workers = [house.start_worker() for _ in range(WORKERS)]
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 1), job.error
    assert house.count("SELECT count(*) FROM versions") == 1
    house.wait_until(lambda: sum(worker.poll() is None for worker in workers) == 1)
    assert {worker.poll() for worker in workers} == {None, 0}
    house.assert_sound()


def test_workers_without_a_lock_between_them_never_claim_the_same_job(tmp_path):
    """As on a network drive whose locks hold nobody back: the database alone decides."""
    with opened(open_tandem(tmp_path)) as tandem:
        for n in range(RACED_JOBS):
            submit_job(
                tandem,
                slug=f"project-{n}",
                kind="train",
                args={},
                request_id=str(n),
                actor=LOCAL_OWNER,
                now=utc_now(),
            )
    start = threading.Barrier(RACERS)

    def claim_all(number):
        claimed = []
        with opened(open_tandem(tmp_path)) as tandem:
            start.wait()
            while job := claim_next_job(tandem, token=f"worker-{number}", at=utc_text(utc_now()), lost_before="0"):
                claimed.append(job.id)
        return claimed

    with ThreadPoolExecutor(RACERS) as pool:
        claimed = [job_id for part in pool.map(claim_all, range(RACERS)) for job_id in part]
    assert sorted(claimed) == list(range(1, RACED_JOBS + 1))


def test_a_frozen_worker_that_wakes_up_late_writes_nothing_more(house):
    job_id = house.submit("train")
    frozen = house.start_worker()
    house.wait_until(lambda: house.job(job_id).stage == "train")
    frozen.send_signal(signal.SIGSTOP)
    (house.folder / LOCK_NAME).unlink()  # else the frozen one would hold the second back
    house.start_worker()
    job = house.wait_for_end(job_id)
    assert (job.status, job.attempts) == ("done", 2), job.error
    frozen.send_signal(signal.SIGCONT)
    assert frozen.wait(30) == 0
    assert house.job(job_id) == job
    assert house.count("SELECT count(*) FROM versions") == 1
    assert house.count("SELECT count(*) FROM promotions") == 1
    house.assert_sound()
