"""The worker speaks the language of whoever asked for a job; what begins by itself is in English."""

import pytest

from hitl.domain.clock import utc_now, utc_text
from hitl.domain.language import speaking
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import request_cancel, submit_job
from hitl.store.connection import open_tandem
from hitl.store.jobs import MAX_ATTEMPTS, claim_next_job, find_job
from hitl.worker.run import work_until_ended
from tests.small_project import SmallProject


@pytest.fixture
def project(tmp_path):
    made = SmallProject(tmp_path)
    made.tandem = open_tandem(made.data_dir)
    yield made
    made.tandem.conn.close()


def ask(project, kind="train", request_id="r1"):
    return submit_job(
        project.tandem, slug="small", kind=kind, args={}, request_id=request_id, actor=LOCAL_OWNER, now=utc_now()
    ).id


def ended(project, job_id):
    assert work_until_ended(project.data_dir, job_id=job_id)
    return find_job(project.tandem, job_id)


def test_an_error_is_in_the_language_of_who_asked(project, pseudo_language):
    with speaking(pseudo_language):
        job_id = ask(project)
    job = ended(project, job_id)
    assert (job.status, job.language) == ("failed", pseudo_language)
    assert job.error.startswith("⟦Training needs")


def test_the_next_job_is_in_its_own_language(project, pseudo_language):
    with speaking(pseudo_language):
        ended(project, ask(project))
    assert ended(project, ask(project, request_id="r2")).error.startswith("Training needs")


def test_a_job_whose_worker_stops_again_and_again_says_so_in_its_language(project, pseudo_language):
    with speaking(pseudo_language):
        job_id = ask(project)
    for _attempt in range(MAX_ATTEMPTS + 1):
        claim_next_job(project.tandem, token="t", at=utc_text(utc_now()), lost_before="9999")
    assert find_job(project.tandem, job_id).error.startswith("⟦The worker stopped 3 times")


def test_a_cancelled_job_says_so_in_the_language_of_who_cancels(project, pseudo_language):
    job_id = ask(project)
    with speaking(pseudo_language):
        request_cancel(project.tandem, slug="small", job_id=job_id, actor=LOCAL_OWNER, now=utc_now())
    assert find_job(project.tandem, job_id).note.startswith("⟦Cancelled before it began")
