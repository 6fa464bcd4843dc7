"""doctor."""

import json
import os
import shutil
import sqlite3
import time
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
    assert state.pop("disk_free_bytes") > 0
    assert state.pop("backups") == {"folder": None, "last": None, "error": None}
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


def leave(path, *, content=None):
    """A file or folder that nobody has touched for two hours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir() if content is None else path.write_text(content)
    long_ago = time.time() - 7_200
    os.utime(path, (long_ago, long_ago))


LEFTOVERS = {
    "orphan model": ("projects/messages/artifacts/0123.skops", "model", "messages", "no version names this model file"),
    "part of a model": ("projects/messages/artifacts/.0123.part", "", "messages", "left by work that was cut off"),
    "part of an upload": ("projects/messages/uploads/.0123.part", "", "messages", "left by work that was cut off"),
    "deletion": ("projects/.deleting-old-0123", None, "tandem", "left by work that was cut off"),
    "creation": ("projects/.creating-old-0123", None, "tandem", "left by work that was cut off"),
    "unpacking": (".unpacking-0123", None, "tandem", "left by work that was cut off"),
    "restoring": ("../.data.restoring-0123", None, "tandem", "left by work that was cut off"),
    "folder without a database": ("projects/empty", None, "tandem", "this is no project"),
}


@pytest.mark.parametrize(("name", "content", "place", "told"), LEFTOVERS.values(), ids=LEFTOVERS)
def test_what_was_left_is_named_with_its_remedy_and_not_while_it_may_be_in_use(own, name, content, place, told):
    path = own.data / name
    leave(path, content=content)
    result = own.run("doctor", "--json")
    [finding] = json.loads(result.stdout)["findings"][place]
    assert result.exit_code == 1
    assert str(path.resolve()) in finding.replace(str(path), str(path.resolve()))
    assert told in finding
    assert finding.endswith(("Delete it.", "move it away."))
    os.utime(path)
    assert own.json("doctor")["ok"]


def test_a_clock_before_the_newest_fact_is_told(own):
    harm(
        own,
        "INSERT INTO policies SELECT NULL, threshold, audit_rate, reviews_required, lease_seconds,"
        " query_strategy, reason, actor_id, '2999-01-01T00:00:00.000000Z' FROM policies LIMIT 1",
    )
    code, [finding] = found(own)
    assert code == 1
    assert "2999-01-01" in finding
    assert "clock right" in finding


def test_a_disk_that_is_nearly_full_is_told(own, monkeypatch):
    monkeypatch.setattr("hitl.loop.doctor.free_bytes", lambda _folder: 7_000_000)
    [finding] = json.loads(own.run("doctor", "--json").stdout)["findings"]["tandem"]
    assert "7 MB free" in finding
