"""kill -9 and a full disk while an older database is upgraded: the old or the new, whole; then it goes on."""

import os
import resource
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hitl.store import rebuilding
from hitl.store.connection import Database, open_project
from hitl.store.handles import connect
from hitl.store.migrations import PROJECT_MIGRATIONS
from hitl.store.start import prepare_databases
from tests.faults import forked
from tests.faults.house import ROOT
from tests.older_database import LABELS, make_older_desk

SCRIPT = Path(__file__).with_name("dying_upgrade.py")
STEPS = {
    "before the copy": ("hitl.store.upgrade", "_copy", "before", 1),
    "after the copy": ("hitl.store.upgrade", "_copy", "after", 1),
    "before the old one is kept": ("os", "fsync", "before", 1),
    "after the old one is kept": ("hitl.store.upgrade", "_keep", "after", 1),
    "while its facts are counted": ("hitl.store.upgrade", "_count_facts", "after", 2),
    "before it is derived anew": ("hitl.store.upgrade", "_derive_anew", "before", 1),
    "before the swap": ("hitl.store.upgrade", "_swap", "before", 1),
    "in the middle of the swap": ("hitl.store.upgrade", "_data_version", "after", 2),
    "after the swap": ("hitl.store.upgrade", "_swap", "after", 1),
}


@pytest.fixture
def older(tmp_path):
    return make_older_desk(tmp_path / "data")


def run(older, *, death=()):
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return forked.run(SCRIPT, older.parents[2], "old", *death, environ=environ, cwd=ROOT, timeout=60)


def run_within(older, *, limits):
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(older.parents[2]), "old"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limits,
    )


def assert_old_or_new(older):
    """Every page is whole, every decision is there, and the schema is the old one or the new one."""
    with closing(connect(older)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("SELECT count(*) FROM events WHERE source = 'reviewer'").fetchone() == (LABELS,)
        assert len(PROJECT_MIGRATIONS.pending(Database(conn))) in {0, len(PROJECT_MIGRATIONS._migrations) - 6}


def assert_upgraded(older):
    with closing(open_project(older.parents[2], "old").conn) as conn:
        db = Database(conn)
        assert PROJECT_MIGRATIONS.pending(db) == []
        assert rebuilding.check(db) == []
        assert conn.execute("SELECT count(*) FROM events WHERE source = 'reviewer'").fetchone() == (LABELS,)
    prepare_databases(older.parents[2])
    assert [path.name for path in older.parent.glob(".upgrading*")] == []


@pytest.mark.parametrize("death", STEPS.values(), ids=STEPS)
def test_an_upgrade_that_is_killed_leaves_the_old_or_the_new_and_the_next_start_goes_on(older, death):
    killed = run(older, death=death)
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert_old_or_new(older)
    assert run(older).returncode == 0
    assert_upgraded(older)


def test_an_upgrade_on_a_full_disk_leaves_the_old_one_and_says_what_to_do(older):
    size = older.stat().st_size

    def hold_files_small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = run_within(older, limits=hold_files_small)
    said = done.stderr + done.stdout
    assert "Traceback" not in said
    assert "as it was" in said
    assert_old_or_new(older)
    assert run(older).returncode == 0
    assert_upgraded(older)
