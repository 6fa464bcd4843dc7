"""A full disk and a folder that can't be written: nothing changes, and one sentence says what to do."""

import ctypes
import os
import resource
import subprocess
import sys
import uuid

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.errors import StoreUnusable
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.review import decide
from hitl.store.connection import open_project
from tests.faults.house import ROOT, opened

PR_CAPBSET_DROP = 24
CAP_DAC_OVERRIDE = 1
MOST_BYTES = 1_500_000


def label_first(db, request_id):
    return decide(db, actor=LOCAL_OWNER, request_id=request_id, item_id=50, class_id=1, now=utc_now())


def fill(db):
    """Decide until nothing more fits."""
    for n in range(10_000):
        decide(
            db,
            actor=LOCAL_OWNER,
            request_id=f"fill-{n}",
            item_id=1 + n % 60,
            class_id=1,
            comment="x" * 2_000,
            now=utc_now(),
        )


def is_one_line_of_help(text):
    return "\n" not in text and "Traceback" not in text and text.endswith(".")


def test_a_decision_on_a_full_disk_is_refused_and_can_be_sent_again(house):
    request_id = str(uuid.uuid4())
    with opened(open_project(house.folder, "small")) as db:
        pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
        db.conn.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreUnusable, match="disk is full") as refused:
            fill(db)
    assert is_one_line_of_help(str(refused.value))
    house.assert_sound()
    with opened(open_project(house.folder, "small")) as db:
        assert label_first(db, request_id).outcome == "committed"
    house.assert_sound()


def test_an_import_on_a_full_disk_publishes_nothing_and_says_so(house):
    before = house.count("SELECT count(*) FROM item_state")
    job_id, _ = house.submit_import(40_000)
    house.start_worker(limits=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES)))
    job = house.wait_for_end(job_id)
    assert job.status == "failed"
    assert "can't be written" in job.error, house.log_path.read_text()
    assert house.count("SELECT count(*) FROM item_state") == before
    house.assert_sound()


def obey_permissions():
    """Take from root the right to write whatever it likes; anybody else has not got it."""
    if os.geteuid() == 0 and ctypes.CDLL(None, use_errno=True).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0):
        os._exit(77)


def run_without_rights(*command, folder):
    done = subprocess.run(
        [sys.executable, *command],
        env={**os.environ, "TANDEM_DATA": str(folder), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=obey_permissions,
    )
    if done.returncode == 77:
        pytest.skip("root keeps the right to write everywhere here")
    return done


def test_the_server_says_in_one_line_that_its_folder_cannot_be_written(house):
    house.folder.chmod(0o500)
    try:
        done = run_without_rights("app.py", folder=house.folder)
    finally:
        house.folder.chmod(0o700)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "can't be written to" in line
    assert "TANDEM_DATA" in line


def test_a_project_that_cannot_be_written_is_one_clear_sentence(house):
    folder = house.folder / "projects" / "small"
    with opened(open_project(house.folder, "small")) as db:
        db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    script = "\n".join(
        [
            "import sys",
            "from pathlib import Path",
            "from hitl.domain.errors import StoreUnusable",
            "from hitl.store.connection import open_project, write_transaction",
            "try:",
            "    with write_transaction(open_project(Path(sys.argv[1]), 'small')) as db:",
            "        db.execute('DELETE FROM queue')",
            "except StoreUnusable as error:",
            "    print(error)",
        ]
    )
    (folder / "project.db").chmod(0o400)
    folder.chmod(0o500)
    try:
        done = run_without_rights("-c", script, str(house.folder), folder=house.folder)
    finally:
        folder.chmod(0o700)
        (folder / "project.db").chmod(0o600)
    assert "can't be written" in done.stdout, done.stderr
    assert is_one_line_of_help(done.stdout.strip())
    house.assert_sound()
