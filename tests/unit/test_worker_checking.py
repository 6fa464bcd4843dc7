"""The check of a file as a job: the same result as at once, done anew after a kill, its file gone when it has ended."""

import json

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.fields import Field, Role
from hitl.domain.import_choices import USUAL_CHOICES
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import request_cancel, submit_job
from hitl.loop.uploads import keep_for_check, keep_upload
from hitl.store.connection import open_tandem
from hitl.store.jobs import claim_next_job, find_job, keep_result, put_back
from hitl.views.file_check import check_for_project
from hitl.views.kept_check import CheckOrder, read_kept_check
from hitl.worker.run import work_until_ended
from tests.small_project import SmallProject

BODY = b"id,text,label\nn1,new,yes\nn2,new,no\nn3,x,yess\n,,\nt0,changed,\n"
WHO = {"actor": LOCAL_OWNER, "now": utc_now()}


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path)


@pytest.fixture
def tandem(small):
    db = open_tandem(small.data_dir)
    yield db
    db.conn.close()


def order_check(small, tandem, *, body=BODY, slug="small", order=None, name="a.csv"):
    path = keep_for_check(small.data_dir, name=name, chunks=[body], actor=LOCAL_OWNER)
    args = {**(order or CheckOrder({}, USUAL_CHOICES)).to_json(), "path": str(path), "file_name": name}
    return path, submit_job(tandem, slug=slug, kind="check", args=args, request_id=str(path), **WHO)


def test_it_finds_what_a_check_at_once_finds(small, tandem, tmp_path):
    path, job = order_check(small, tandem)
    work_until_ended(small.data_dir, job_id=job.id)
    kept = read_kept_check(find_job(tandem, job.id))
    source = tmp_path / "a.csv"
    source.write_bytes(BODY)
    at_once = check_for_project(small.db, source, name="a.csv", how={}, choices=USUAL_CHOICES, actor=LOCAL_OWNER)
    assert kept.check == at_once.check
    assert kept.rejects.read_bytes() == at_once.rejects
    assert not path.exists()


def test_a_worker_killed_on_the_way_costs_nothing(small, tandem):
    _, job = order_check(small, tandem)
    claim_next_job(tandem, token="dead", at="2026-01-01T00:00:00.000000Z", lost_before="")
    work_until_ended(small.data_dir, job_id=job.id)
    assert find_job(tandem, job.id).status == "done"
    assert read_kept_check(find_job(tandem, job.id)).check.new.count == 2


def test_a_file_that_cannot_be_read_is_told_and_removed(small, tandem):
    path, job = order_check(small, tandem, body=b"\x89PNG\r\n\x1a\n" * 9)
    work_until_ended(small.data_dir, job_id=job.id)
    ended = find_job(tandem, job.id)
    assert (ended.status, "is an image" in ended.error) == ("failed", True)
    assert not path.exists()


def test_a_plan_is_checked_without_a_project(small, tandem):
    fields = (Field("id", Role.ID), Field("text", Role.TEXT), Field("label", Role.LABEL))
    _, job = order_check(small, tandem, slug="", order=CheckOrder({}, USUAL_CHOICES, fields))
    work_until_ended(small.data_dir, job_id=job.id)
    assert [one.label for one in read_kept_check(find_job(tandem, job.id)).check.classes] == ["yes", "no", "yess"]


def test_what_is_kept_of_a_result_has_a_bound(small, tandem):
    body = b"id,text,label\n" + b"".join(b"n%d,%b,odd label %d\n" % (n, b"long " * 5_000, n) for n in range(400))
    path, job = order_check(small, tandem, body=body)
    work_until_ended(small.data_dir, job_id=job.id)
    assert (path.parent / "check.json").stat().st_size < 200_000
    assert json.loads((path.parent / "check.json").read_text())["left_out"]["count"] == 400


def keep_one(small):
    return keep_upload(small.data_dir, slug="small", name="a.csv", chunks=[BODY], actor=LOCAL_OWNER)


def test_cancelling_an_import_that_waits_removes_its_file(small, tandem):
    path = keep_one(small)
    args = {"path": str(path), "file_name": "a.csv"}
    job = submit_job(tandem, slug="small", kind="import", args=args, request_id="r", **WHO)
    assert request_cancel(tandem, slug=job.slug, job_id=job.id, **WHO).status == "cancelled"
    assert not path.exists()


def test_an_import_that_has_staged_rows_keeps_its_file(small, tandem):
    path = keep_one(small)
    args = {"path": str(path), "file_name": "a.csv"}
    job = submit_job(tandem, slug="small", kind="import", args=args, request_id="r", **WHO)
    claim_next_job(tandem, token="t", at=job.created_at, lost_before="")
    keep_result(tandem, job_id=job.id, token="t", result={"import_id": 7})
    put_back(tandem, job_id=job.id, token="t", note="")
    assert request_cancel(tandem, slug=job.slug, job_id=job.id, **WHO).status == "cancelled"
    assert path.exists()


def test_cancelling_a_discard_that_waits_keeps_the_file(small, tandem):
    path = keep_one(small)
    args = {"discard": 2, "path": str(path), "file_name": "a.csv"}
    job = submit_job(tandem, slug="small", kind="import", args=args, request_id="r", **WHO)
    request_cancel(tandem, slug=job.slug, job_id=job.id, **WHO)
    assert path.exists()
