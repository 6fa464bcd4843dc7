"""The worker process: one at a time, cancel, stop, resume after a kill, and errors told in a sentence."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import request_cancel, submit_job
from hitl.store.connection import open_tandem
from hitl.store.jobs import find_job
from hitl.views.jobs import read_jobs
from hitl.worker import ensure_worker, stop_worker, worker_alive
from hitl.worker.process import _STARTED, LOCK_NAME

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("worker_of_simple_jobs.py")
PATIENCE_SECONDS = 30


class Desk:
    """A data folder with workers of simple jobs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tandem = open_tandem(folder)
        self.processes = []

    def start(self):
        process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(self.folder)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stderr=(self.folder / "worker.log").open("ab"),
        )
        self.processes.append(process)
        return process

    def submit(self, kind="train", slug="tickets", **args):
        request_id = f"{kind}-{slug}-{len(args)}-{time.monotonic_ns()}"
        return submit_job(
            self.tandem, slug=slug, kind=kind, args=args, request_id=request_id, actor=LOCAL_OWNER, now=utc_now()
        ).id

    def job(self, job_id):
        return find_job(self.tandem, job_id)

    def wait(self, condition):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, (self.folder / "worker.log").read_text()
            time.sleep(0.02)

    def wait_for(self, job_id, *statuses):
        self.wait(lambda: self.job(job_id).status in statuses)
        return self.job(job_id)

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
        self.tandem.conn.close()


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_a_job_is_done_with_its_progress_and_result(desk):
    desk.start()
    job_id = desk.submit(steps=30)
    desk.wait(lambda: 0 < desk.job(job_id).progress < 1)
    [view] = read_jobs(desk.tandem, "tickets", now=utc_now())
    assert view.is_live
    assert view.job.note.startswith(("Step", "Waiting"))
    job = desk.wait_for(job_id, "done")
    assert (job.progress, job.note, job.result) == (1.0, "Waited enough", {"step": 30, "attempts": 1})


def test_a_second_worker_ends_at_once(desk):
    first = desk.start()
    desk.wait(lambda: worker_alive(desk.folder))
    second = desk.start()
    assert second.wait(PATIENCE_SECONDS) == 0
    assert first.poll() is None


def test_a_cancelled_job_stops_and_the_worker_goes_on(desk):
    desk.start()
    job_id = desk.submit(steps=10_000)
    desk.wait_for(job_id, "running")
    request_cancel(desk.tandem, slug="tickets", job_id=job_id, actor=LOCAL_OWNER, now=utc_now())
    assert desk.wait_for(job_id, "cancelled", "done").status == "cancelled"
    assert desk.wait_for(desk.submit(steps=1), "done").note == "Waited enough"


def test_an_error_of_ours_is_the_jobs_sentence(desk):
    desk.start()
    job = desk.wait_for(desk.submit(**{"break": "sentence"}), "failed")
    assert job.error == "Training needs at least 5 labels; there are 2."


def test_a_bug_fails_the_job_with_its_id_and_logs_the_trace(desk):
    desk.start()
    job_id = desk.submit(**{"break": "bug"})
    error = desk.wait_for(job_id, "failed").error
    assert f"job {job_id}" in error
    assert "ZeroDivisionError" in error
    log = (desk.folder / "worker.log").read_text()
    assert f"job_broke job={job_id}" in log
    assert "ZeroDivisionError worker_of_simple_jobs.py:" in log
    assert desk.wait_for(desk.submit(steps=1), "done").status == "done"


def test_a_stopped_worker_puts_its_job_back_for_the_next(desk):
    process = desk.start()
    job_id = desk.submit(steps=60)
    desk.wait(lambda: desk.job(job_id).progress > 0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert desk.job(job_id).status == "queued"
    desk.start()
    job = desk.wait_for(job_id, "done", "failed")
    assert (job.status, job.attempts, job.result["step"]) == ("done", 1, 60)


def test_a_killed_workers_job_is_taken_over_where_it_was(desk):
    process = desk.start()
    job_id = desk.submit(steps=60)
    desk.wait(lambda: desk.job(job_id).progress > 0.1)
    process.kill()
    process.wait()
    assert not worker_alive(desk.folder)
    desk.start()
    job = desk.wait_for(job_id, "done", "failed")
    assert (job.status, job.attempts, job.result["step"]) == ("done", 2, 60)


def test_a_worker_ends_when_its_folder_is_gone(desk, tmp_path_factory):
    process = desk.start()
    desk.wait(lambda: worker_alive(desk.folder))
    shutil.move(desk.folder, tmp_path_factory.mktemp("gone") / "away")
    assert process.wait(PATIENCE_SECONDS) == 0
    desk.folder.mkdir()


def test_a_worker_whose_lock_was_taken_away_ends(desk):
    process = desk.start()
    desk.wait(lambda: worker_alive(desk.folder))
    (desk.folder / LOCK_NAME).unlink()
    assert process.wait(PATIENCE_SECONDS) == 0


def test_ensure_starts_one_worker_and_stop_ends_it(tmp_path):
    try:
        for _ in range(5):
            ensure_worker(tmp_path)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not worker_alive(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert worker_alive(tmp_path)
    finally:
        stop_worker(tmp_path)
    assert not worker_alive(tmp_path)
    assert (tmp_path / "worker.log").read_text().count("worker_started") == 1


def test_a_worker_that_is_still_starting_is_stopped_too(tmp_path):
    ensure_worker(tmp_path)
    started = _STARTED[tmp_path.resolve()]
    stop_worker(tmp_path)
    assert started.poll() is not None
    assert not worker_alive(tmp_path)


def test_no_worker_is_alive_where_there_is_no_folder(tmp_path):
    assert not worker_alive(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_looking_for_a_worker_loads_neither_the_database_nor_scikit_learn():
    script = (
        "import sys, hitl.worker; print(sorted(name for name in ('sklearn', 'sqlite_utils') if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
