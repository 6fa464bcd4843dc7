"""hitl.api.lifespan: the samples are asked for once in the life of a data folder."""

from hitl.api.lifespan import leave_empty, order_samples
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import request_cancel
from hitl.store.connection import open_tandem
from hitl.store.jobs import list_latest_jobs
from tests.small_project import START, SmallProject


def read_orders(folder):
    tandem = open_tandem(folder)
    try:
        return list_latest_jobs(tandem, slug="samples", count=10)
    finally:
        tandem.conn.close()


def test_the_first_start_orders_the_samples(tmp_path):
    order_samples(tmp_path)
    assert [(job.kind, job.status) for job in read_orders(tmp_path)] == [("samples", "queued")]


def test_later_starts_order_nothing_even_when_the_samples_are_gone(tmp_path):
    order_samples(tmp_path)
    [job] = read_orders(tmp_path)
    tandem = open_tandem(tmp_path)
    request_cancel(tandem, slug=job.slug, job_id=job.id, actor=LOCAL_OWNER, now=START)
    tandem.conn.close()
    order_samples(tmp_path)
    assert [job.status for job in read_orders(tmp_path)] == ["cancelled"]


def test_a_folder_with_a_project_gets_no_samples(tmp_path):
    SmallProject(tmp_path).db.conn.close()
    order_samples(tmp_path)
    assert read_orders(tmp_path) == []


def test_a_database_that_cannot_be_opened_does_not_stop_the_start(tmp_path, caplog):
    (tmp_path / "tandem.db").write_bytes(b"this is not a database, whatever its name says " * 50)
    order_samples(tmp_path)
    assert "samples_not_ordered" in caplog.text


def test_told_not_to_it_leaves_the_folder_as_it_is(tmp_path):
    leave_empty(tmp_path)
    assert list(tmp_path.iterdir()) == []
