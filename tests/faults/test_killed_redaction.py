"""A redaction that is killed anywhere: the content is there whole, or it goes to its end by itself."""

import os
import signal
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.store.connection import open_project, open_tandem
from hitl.store.items import find_item_id
from hitl.store.jobs import list_latest_jobs
from hitl.store.rebuilding import check
from hitl.store.search import check_index
from hitl.worker.redacting import ask_for_redactions
from hitl.worker.run import work_until_ended
from tests.faults import forked
from tests.faults.house import ROOT
from tests.marked import files_with
from tests.small_project import SmallProject

COMMAND = Path(__file__).with_name("dying_command.py")
MARK = "Zyxomarkedword"
REASON = ("--reason", "asked for", "--yes")
PLACES = [
    ("hitl.store.redactions", "index_texts", "after", 1),
    ("hitl.adapters.erasing", "remove_files", "before", 1),
    ("hitl.loop.redact", "merge_search_index", "after", 1),
    ("hitl.loop.redact", "write_anew", "before", 2),
    ("hitl.store.redactions", "end_redaction", "before", 1),
]


MIDWAY = [
    ("begin", "items_fts_data", 4),  # the words are taken out, in the transaction of the redaction
    ("begin", "'merge'", 2),
    ("step", "VACUUM", 3),  # the database is copied to a file for the time being
    ("log", "VACUUM", 50_000),  # and from there to its log
]
MIDWAY_OF_CHAOS = [
    ("begin", "items_fts_data'(id, block)", 12),  # in the middle of a step of the merging
    ("log", "VACUUM", 400_000),
    ("begin", "wal_checkpoint(TRUNCATE)", 1),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join(map(str, place[1:])))
def test_killed_anywhere_nothing_of_it_is_left_in_the_end(tmp_path, place):
    assert is_finished_after(tmp_path, COMMAND, place, rows=12) == (place != PLACES[0])


@pytest.mark.parametrize(
    "place",
    [*MIDWAY, *(pytest.param(place, marks=pytest.mark.chaos) for place in MIDWAY_OF_CHAOS)],
    ids=lambda place: "-".join(map(str, place)),
)
def test_killed_inside_a_merge_or_while_the_database_is_written_anew(tmp_path, place):
    gone = is_finished_after(tmp_path, COMMAND.with_name("dying_midway.py"), place, rows=3_000)
    assert gone == (place != MIDWAY[0])


def is_finished_after(folder, command, place, *, rows):
    """Whether the content was gone when the command died; the worker finishes what was begun."""
    small = SmallProject(folder, rows=rows)
    small.add_rows([("m1", f"{MARK} text of somebody", "yes")])
    small.db.conn.close()
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [*place, "--data", folder, "redact", "small", "m1", *REASON]
    done = forked.run(command, *words, environ=environ, cwd=ROOT, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    db, tandem = open_project(folder, "small"), open_tandem(folder)
    is_gone = find_item_id(db, "m1") is None
    assert check(db) == check_index(db) == []
    assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    db.conn.close()
    if is_gone:
        finish(folder, tandem)
    tandem.conn.close()
    return is_gone


def finish(folder, tandem):
    if not list_latest_jobs(tandem, slug="small", count=1):
        ask_for_redactions(folder, tandem, utc_now())
    job = list_latest_jobs(tandem, slug="small", count=1)[0]
    assert work_until_ended(folder, job_id=job.id)
    assert files_with(folder, MARK) == []
