"""A data folder with one project, real worker processes, and what must hold whatever died."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from hitl.adapters.uploads import save_upload
from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.bulk import begin_act, finish_act, undo_act
from hitl.loop.jobs import submit_job
from hitl.store.connection import fetch_all, fetch_value, open_project, open_tandem
from hitl.store.jobs import find_job
from hitl.store.rebuilding import check
from hitl.store.search import check_index
from tests.faults import forked
from tests.small_project import SmallProject

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("dying_worker.py")
PATIENCE_SECONDS = 90
WORDS = ("parcel", "refund", "garden", "broken", "late", "invoice", "happy", "change", "login", "weight")


def text_of(number):
    """A text of its own, with words that tell the two classes apart a little."""
    return " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7)) + f" {number}"


@contextmanager
def opened(db):
    """A database that is closed at the end."""
    try:
        yield db
    finally:
        db.conn.close()


class House:
    """The folder, the project ``small`` in it, and the workers started here."""

    def __init__(self, folder, *, rows=60, labelled=40):
        self.folder = folder
        self.log_path = folder / "worker.log"
        self.processes = []
        SmallProject(folder, rows=rows, labelled=labelled).db.conn.close()
        open_tandem(folder).conn.close()

    def start_worker(self, *death, limits=None):
        """A worker process; ``death`` names the place where it kills itself."""
        environ = {**os.environ, "PYTHONPATH": str(ROOT), **forked.ONE_THREAD}
        process = self._start(environ, death, limits) if limits else self._fork(environ, death)
        self.processes.append(process)
        return process

    def _fork(self, environ, death):
        return forked.start(WORKER, self.folder, *death, environ=environ, cwd=Path.cwd(), log_path=self.log_path)

    def _start(self, environ, death, limits):
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(WORKER), str(self.folder), *map(str, death)],
                env=environ,
                stdin=subprocess.DEVNULL,
                stderr=log,
                preexec_fn=limits,  # noqa: PLW1509  no other thread runs yet
            )

    def let_die(self, *death):
        """A worker runs until it kills itself there."""
        code = self.start_worker(*death).wait(PATIENCE_SECONDS)
        assert code == -signal.SIGKILL, f"it never came to {death}: {code}\n{self.log_path.read_text()}"

    def submit(self, kind, *, slug="small", **args):
        with opened(open_tandem(self.folder)) as db:
            return submit_job(
                db,
                slug=slug,
                kind=kind,
                args=args,
                request_id=f"{kind}-{slug}-{time.monotonic_ns()}",
                actor=LOCAL_OWNER,
                now=utc_now(),
            ).id

    def submit_import(self, rows):
        """A job that imports a CSV of new unlabelled rows; returns the job and the kept file."""
        lines = ["id,text,label", *[f"new-{n},{text_of(n)}," for n in range(rows)]]
        body = ("\n".join(lines) + "\n").encode()
        path = save_upload(self.folder / "projects" / "small" / "uploads", "more.csv", [body])
        return self.submit("import", path=str(path), file_name="more.csv"), path

    def begin_bulk_act(self, *, is_undone):
        """An act on all items without a label; one to be undone is done before."""
        with opened(open_project(self.folder, "small")) as db:
            rows = fetch_all(db, "SELECT item_id FROM item_state WHERE resolved_class_id IS NULL")
            who = {"actor": LOCAL_OWNER, "now": utc_now()}
            item_ids = [row["item_id"] for row in rows]
            act = begin_act(
                db, kind=BulkKind.CORRECT, class_id=1, item_ids=item_ids, selection={}, request_id="bulk", **who
            )
            if is_undone:
                finish_act(db, act_id=act.id, **who)
                undo_act(db, act_id=act.id, request_id="undo", **who)
            return act

    @contextmanager
    def project_and_jobs(self):
        """Both databases, open."""
        with opened(open_project(self.folder, "small")) as db, opened(open_tandem(self.folder)) as tandem:
            yield db, tandem

    def job(self, job_id):
        with opened(open_tandem(self.folder)) as db:
            return find_job(db, job_id)

    def wait_for_end(self, job_id):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (job := self.job(job_id)).status in {"queued", "running"}:
            assert time.monotonic() < deadline, f"{job}\n{self.log_path.read_text()}"
            time.sleep(0.05)
        return job

    def wait_until(self, condition):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, self.log_path.read_text()
            time.sleep(0.01)

    def count(self, sql, *values, slug="small"):
        with opened(open_project(self.folder, slug)) as db:
            return fetch_value(db, sql, values)

    def rows(self, sql, *values, slug="small"):
        with opened(open_project(self.folder, slug)) as db:
            return fetch_all(db, sql, values)

    def assert_sound(self, slug="small"):
        """The file is whole, and the derived tables are what the facts say."""
        assert self.count("PRAGMA integrity_check", slug=slug) == "ok"
        assert self.rows("PRAGMA foreign_key_check", slug=slug) == []
        with opened(open_project(self.folder, slug)) as db:
            assert check(db) == []
            assert check_index(db) == []

    def close(self):
        for process in self.processes:
            process.kill()
            process.wait()
