"""What people wrote is in no log, of server or worker, whatever fails; every line is a JSON object."""

import json
import sys
import uuid
from contextlib import closing

from hitl.adapters.uploads import save_upload
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.jobs import submit_job
from hitl.store.connection import Database, open_tandem
from hitl.store.jobs import find_job
from tests.browser import crashing_server
from tests.browser.crashing_server import CANARY
from tests.browser.review_desk import wait_for
from tests.server import ROOT
from tests.small_project import SmallProject


def start(start_server, tmp_path):
    project = SmallProject(tmp_path / "data")
    project.add_rows([("c1", CANARY, "")])
    project.db.conn.close()
    environ = {"PYTHONPATH": str(ROOT), "TANDEM_LOG": "json", "TANDEM_LOGLEVEL": "debug"}
    return start_server(command=[sys.executable, crashing_server.__file__], environ=environ)


def fail_an_import(data_dir):
    """A job whose file can't be imported: its sentence quotes the file; the sentence."""
    uploads = data_dir / "projects" / "small" / "uploads"
    path = save_upload(uploads, f"{CANARY}.csv", [f"id,text,label\na,{CANARY},{CANARY}\n".encode()])
    with closing(open_tandem(data_dir).conn) as conn:
        db = Database(conn)
        args = {"path": str(path), "file_name": f"{CANARY}.csv"}
        who = {"actor": LOCAL_OWNER, "now": utc_now(), "request_id": str(uuid.uuid4())}
        job_id = submit_job(db, slug="small", kind="import", args=args, **who).id
        wait_for(lambda: find_job(db, job_id).status in {"failed", "done"}, "the job ends")
        return find_job(db, job_id).error


def test_no_log_holds_what_people_wrote(start_server, tmp_path, page):
    server = start(start_server, tmp_path)
    page.goto(f"{server.url}/?project=small&note={CANARY}")
    page.get_by_text("This app has encountered an error").or_(page.get_by_text("error")).first.wait_for()
    op = {"request_id": str(uuid.uuid4()), "kind": "label", "item_id": 13, "class_id": 9, "comment": CANARY}
    for body in (json.dumps({"ops": [op]}), json.dumps({"ops": [{**op, "kind": CANARY}]}), CANARY):
        page.request.post(f"{server.url}/api/v1/review/small", data=body.encode(), headers={"origin": server.url})
    assert "canary" in fail_an_import(server.data_dir)
    server.stop()
    logs = {path: path.read_text("utf-8") for path in (server.log_path, server.data_dir / "worker.log")}
    assert not [path for path, text in logs.items() if "canary" in text]
    records = [json.loads(line) for text in logs.values() for line in text.splitlines() if line.startswith("{")]
    stray = [line for text in logs.values() for line in text.splitlines() if line and not line.startswith("{")]
    assert [line for line in stray if not line.startswith("Tandem ")] == []
    assert any(error["error"] == "KeyError" for record in records for error in record.get("trace", ()))
    events = {record["event"] for record in records}
    assert {"ready", "request", "worker_started", "job_started", "job_ended", "worker_ended"} <= events
