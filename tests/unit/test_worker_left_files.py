"""Files that no job will read any more go when the worker starts; the doctor names them before."""

import os
import time

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.ingest import stage_rows
from hitl.loop.jobs import submit_job
from hitl.loop.uploads import keep_for_check, keep_upload
from hitl.store.connection import open_tandem, write_transaction
from hitl.worker.left_files import list_left_files, remove_left_files
from tests.small_project import SmallProject, rows_of

TWO_DAYS = 2 * 86_400


@pytest.fixture
def small(tmp_path):
    project = SmallProject(tmp_path)
    project.tandem = open_tandem(tmp_path)
    yield project
    project.tandem.conn.close()
    project.db.conn.close()


def upload(small, name, *, age=TWO_DAYS):
    path = keep_upload(small.data_dir, slug="small", name=name, chunks=[b"id,text"], actor=small.actor)
    return aged(path, age)


def checked(small, *, age=TWO_DAYS):
    path = keep_for_check(small.data_dir, name="big.csv", chunks=[b"id,text"], actor=small.actor)
    aged(path.parent, age)
    return path


def aged(path, age):
    moment = time.time() - age
    os.utime(path, (moment, moment))
    return path


def ask(small, kind, path):
    args = {"path": str(path), "file_name": path.name}
    return submit_job(
        small.tandem, slug="small", kind=kind, args=args, request_id=kind, actor=small.actor, now=utc_now()
    )


def end(small, job, status):
    with write_transaction(small.tandem):
        small.tandem.execute("UPDATE jobs SET status = ?, ended_at = created_at WHERE id = ?", (status, job.id))


def test_what_lies_there_for_a_day_and_nobody_names_goes(small):
    left = [checked(small).parent, upload(small, "lost.csv")]
    kept = [upload(small, "fresh.csv", age=60)]
    assert list_left_files(small.data_dir, small.tandem) == left
    remove_left_files(small.data_dir, small.tandem)
    assert [path.exists() for path in left] == [False, False]
    assert [path.exists() for path in kept] == [True]


def test_files_of_jobs_that_wait_stay(small):
    ask(small, "import", upload(small, "waiting.csv"))
    ask(small, "check", checked(small))
    assert list_left_files(small.data_dir, small.tandem) == []


def test_the_file_of_an_interrupted_import_stays_until_it_can_no_longer_go_on(small):
    path = upload(small, "half.csv")
    job = ask(small, "import", path)
    end(small, job, "cancelled")
    assert list_left_files(small.data_dir, small.tandem) == [path]
    stage_rows(
        small.db,
        rows=rows_of([("n1", "new", "")]),
        file_name="half.csv",
        file_sha256="0" * 64,
        request_id=f"job-{job.id}-{job.created_at}-import",
        actor=small.actor,
        now=small.now(),
    )
    assert list_left_files(small.data_dir, small.tandem) == []
