"""kill -9 at statements drawn at random: what was acknowledged is there, nothing is doubled, the next try ends it.

Many more draws: tests/chaos.
"""

import random
import shutil
from contextlib import closing

import pytest
from sqlite_utils import Database
from typer.testing import CliRunner

from hitl.cli import app
from hitl.store import rebuilding
from hitl.store.connection import open_project
from hitl.store.migrations import PROJECT_MIGRATIONS
from tests.faults import anywhere
from tests.faults.anywhere import VISIBLE, command, dump, kill_at
from tests.faults.house import House
from tests.older_database import LABELS, make_older_desk

JOBS = {
    "import": (anywhere.Importing, 60, 6_600),
    "train": (anywhere.Training, 60, 460),
    "bulk": (anywhere.Bulk, 330, 5_000),
    "undoing of it": (anywhere.BulkUndone, 330, 4_400),
}
"""The act, the items of its project, and about how many statements it takes."""


BETWEEN_FACT_AND_STEP = 60
"""A statement of a withdrawal when its fact is written and nothing is taken away."""


def draw(name, seed, statements):
    return random.Random(f"{name} {seed}").randint(1, statements)


@pytest.mark.parametrize("name", JOBS)
def test_a_job_killed_anywhere_is_done_once(tmp_path, monkeypatch, name):
    act, rows, statements = JOBS[name]
    killed = act(House(tmp_path / "data", rows=rows)).run(draw(name, 1, statements), monkeypatch)
    assert killed.is_dead, killed.output


def again(folder, *arguments):
    result = CliRunner().invoke(app, ["--data", str(folder), *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.parametrize("nth", [draw("withdraw", 0, 500), BETWEEN_FACT_AND_STEP])
def test_a_withdrawal_killed_anywhere_has_not_begun_or_is_ended_by_the_next_try(house, nth):
    before = anywhere.facts(house, "events", "items", "imports", "import_ends")
    arguments = ("withdraw", "small", 1, "--reason", "wrong file", "--yes")
    killed = kill_at(nth, house, *command(house, *arguments))
    assert killed.is_dead, killed.output
    is_withdrawn = house.count("SELECT count(*) FROM import_withdrawals")
    assert is_withdrawn or house.count(VISIBLE) == 60
    is_ended = is_withdrawn and not house.count(VISIBLE)
    code, said = again(house.folder, *arguments)
    assert (code, "already" in said) == ((1, True) if is_ended else (0, False))
    assert house.count(VISIBLE) == 0
    house.assert_sound()
    assert anywhere.facts(house, *before) == before


@pytest.mark.parametrize("nth", [draw("backup", seed, 28) for seed in range(1)])
def test_a_backup_killed_anywhere_leaves_the_desk_as_it_was_and_no_file(house, tmp_path, nth):
    before = dump(house.folder)
    killed = kill_at(nth, house, *command(house, "backup", "--thorough", "--to", tmp_path / "copies"), database="*")
    assert killed.is_dead, killed.output
    assert list(tmp_path.glob("copies/[!.]*")) == []
    assert dump(house.folder) == before
    code, said = again(house.folder, "backup", "--to", tmp_path / "copies")
    assert code == 0, said
    house.assert_sound()


@pytest.mark.parametrize("nth", [draw("restore", seed, 500) for seed in range(1)])
def test_a_restore_killed_anywhere_is_whole_or_not_at_all(house, tmp_path, nth):
    made = tmp_path / "my.backup"
    assert again(house.folder, "backup", "--to", made)[0] == 0
    arguments = ("restore", made, "--data", tmp_path / "back")
    killed = kill_at(nth, house, *command(house, *arguments), database="*")
    assert killed.is_dead, killed.output
    if not (tmp_path / "back").exists():
        assert again(house.folder, *arguments)[0] == 0
    assert dump(tmp_path / "back") == dump(house.folder)


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """A data folder that the first Tandem left."""
    folder = tmp_path_factory.mktemp("older") / "data"
    make_older_desk(folder)
    return folder


def assert_upgraded(folder):
    with closing(open_project(folder, "old").conn) as conn:
        db = Database(conn)
        assert PROJECT_MIGRATIONS.pending(db) == []
        assert rebuilding.check(db) == []
        assert conn.execute("SELECT count(*) FROM events WHERE source = 'reviewer'").fetchone() == (LABELS,)
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("nth", [draw("upgrade", seed, 600) for seed in range(2)])
def test_an_upgrade_killed_anywhere_loses_nothing_and_the_next_start_ends_it(older, house, tmp_path, nth):
    folder = shutil.copytree(older, tmp_path / "older")
    killed = kill_at(nth, house, "hitl", "--data", folder, "status", "old", database="*")
    assert killed.is_dead, killed.output
    assert_upgraded(folder)
