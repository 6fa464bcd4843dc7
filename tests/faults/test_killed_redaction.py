"""A redaction that is killed anywhere: the content is there whole, or it goes to its end by itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.store.connection import open_project, open_tandem
from hitl.store.items import find_item_id
from hitl.store.jobs import list_latest_jobs
from hitl.store.rebuilding import check
from hitl.worker.redacting import ask_for_redactions
from hitl.worker.run import work_until_ended
from tests.marked import files_with
from tests.small_project import SmallProject

COMMAND = Path(__file__).with_name("dying_command.py")
MARK = "Zyxomarkedword"
PLACES = [
    ("hitl.store.redactions", "index_texts", "after", 1),
    ("hitl.adapters.erasing", "remove_files", "before", 1),
    ("hitl.loop.redact", "merge_search_index", "after", 1),
    ("hitl.loop.redact", "write_anew", "before", 2),
    ("hitl.store.redactions", "end_redaction", "before", 1),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(map(str, place[1:])))
def test_killed_anywhere_nothing_of_it_is_left_in_the_end(tmp_path, place):
    small = SmallProject(tmp_path)
    small.add_rows([("m1", f"{MARK} text of somebody", "yes")])
    small.db.conn.close()
    command = [sys.executable, COMMAND, *map(str, place), "--data", tmp_path, "redact", "small", "m1"]
    done = subprocess.run(
        [*map(str, command), "--reason", "asked for", "--yes"],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(COMMAND.parents[2])},
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    db, tandem = open_project(tmp_path, "small"), open_tandem(tmp_path)
    is_done = find_item_id(db, "m1") is None
    assert is_done == (place != PLACES[0])
    assert check(db) == []
    if is_done:
        with_job = list_latest_jobs(tandem, slug="small", count=1)
        if not with_job:
            ask_for_redactions(tmp_path, tandem, utc_now())
        job = list_latest_jobs(tandem, slug="small", count=1)[0]
        db.conn.close()
        assert work_until_ended(tmp_path, job_id=job.id)
        assert files_with(tmp_path, MARK) == []
    tandem.conn.close()
