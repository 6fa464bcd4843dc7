"""An import that was cancelled half-way, as a worker leaves it: its job, its file and the rows staged so far."""

from hitl.adapters.uploads import save_upload
from hitl.domain.clock import utc_now, utc_text
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.ingest import stage_rows
from hitl.loop.jobs import submit_job
from hitl.store.jobs import claim_next_job, end_job, keep_result

NAMES = ("s1", "s2", "s3")


def stop_an_import(db, tandem, folder):
    """Three rows of which one is staged, in the project ``small``; returns the job's id."""
    rows = [Row(number, {"id": name, "text": f"text {name}", "label": ""}) for number, name in enumerate(NAMES, 2)]
    body = "id,text,label\n" + "".join(f"{name},text {name},\n" for name in NAMES)
    path = save_upload(folder / "uploads", "stopped.csv", [body.encode()])
    who = {"actor": LOCAL_OWNER, "now": utc_now()}
    args = {"path": str(path), "file_name": "stopped.csv"}
    job = submit_job(tandem, slug="small", kind="import", args=args, request_id="stopped", **who)
    named = {"file_name": "stopped.csv", "file_sha256": "0" * 64}
    import_id = stage_rows(db, rows=rows[:1], request_id=f"job-{job.id}-{job.created_at}-import", **named, **who)
    token = {"job_id": job.id, "token": "gone"}
    claim_next_job(tandem, token="gone", at=job.created_at, lost_before="")
    keep_result(tandem, **token, result={"import_id": import_id, "sha256": "0" * 64})
    end_job(tandem, **token, status="cancelled", note="Cancelled", error=None, at=utc_text(utc_now()))
    return job.id
