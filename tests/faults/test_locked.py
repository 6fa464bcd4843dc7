"""A database locked by another process for ten seconds: writes wait and succeed, pages still read."""

import subprocess
import sys
import time
import uuid

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.review import decide
from hitl.store.connection import open_project
from hitl.views.overview import read_overview
from tests.faults.house import opened

LOCKED_SECONDS = 10
HOLDER = """
import sqlite3, sys, time
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
conn.execute("ROLLBACK")
"""


def test_a_decision_waits_for_a_lock_of_ten_seconds_and_is_written_while_pages_read_on(house):
    path = house.folder / "projects" / "small" / "project.db"
    command = [sys.executable, "-c", HOLDER, str(path), str(LOCKED_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        begin = time.monotonic()
        with opened(open_project(house.folder, "small")) as db:
            assert read_overview(db, names={}, now=utc_now()).progress.item_count == 60
            assert holder.poll() is None
            who = {"actor": LOCAL_OWNER, "now": utc_now(), "request_id": str(uuid.uuid4())}
            assert decide(db, item_id=50, class_id=1, **who).outcome == "committed"
        assert time.monotonic() - begin > LOCKED_SECONDS - 2
    house.assert_sound()
