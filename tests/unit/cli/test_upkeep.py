"""doctor."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from tests.unit.cli.conftest import Terminal, living_worker


@pytest.fixture
def own(trained, tmp_path):
    """A copy of the trained project that the test may harm."""
    terminal = Terminal(tmp_path)
    shutil.copytree(trained.data, terminal.data)
    return terminal


def harm(terminal, sql):
    with closing(sqlite3.connect(terminal.data / "projects" / "messages" / "project.db")) as db, db:
        db.execute(sql)


def found(terminal, *options):
    """Exit code and what is wrong with the project."""
    result = terminal.run("doctor", *options, "--json")
    return result.exit_code, json.loads(result.stdout)["findings"]["messages"]


def test_a_healthy_desk_is_told_so(trained):
    state = trained.json("doctor")
    assert state == {"ok": True, "findings": {"tandem": [], "messages": []}, "worker_alive": False}
    assert "messages: ok" in trained.done("doctor").stdout


def test_a_derived_table_that_lost_a_row_is_found_and_rebuilt(own):
    harm(own, "DELETE FROM item_state WHERE item_id = 7")
    code, findings = found(own)
    assert code == 1
    assert any("item_state" in finding for finding in findings)
    assert found(own, "--rebuild") == (0, [])
    assert found(own) == (0, [])


def test_a_queue_that_holds_too_much_is_found_and_looking_changes_nothing(own):
    harm(own, "INSERT INTO queue(group_id, item_id, route, priority) SELECT 2, 2, 'novel', 0.5")
    first = found(own)
    assert first[0] == 1
    assert any("queue" in finding for finding in first[1])
    assert found(own) == first


def test_a_missing_and_a_changed_model_file_are_found(own):
    [artifact] = (own.data / "projects" / "messages" / "artifacts").iterdir()
    artifact.write_bytes(artifact.read_bytes() + b"!")
    code, [finding] = found(own)
    assert code == 1
    assert finding.startswith("Version 1: ")
    assert "was changed" in finding
    artifact.unlink()
    assert "is missing" in found(own)[1][0]


def test_a_broken_project_is_told_beside_the_sound_ones(own):
    (own.data / "projects" / "broken").mkdir()
    (own.data / "projects" / "broken" / "project.db").write_text("no database, only text of some length")
    result = own.run("doctor")
    assert result.exit_code == 1
    assert "broken: " in result.stdout
    assert "messages: ok" in result.stdout


def test_a_living_worker_is_told(own):
    with living_worker(own.data):
        assert own.json("doctor")["worker_alive"] is True
    assert own.json("doctor")["worker_alive"] is False
