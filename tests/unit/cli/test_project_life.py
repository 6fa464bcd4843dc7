"""pack · unpack · rename · duplicate · archive · reopen · delete."""

import pytest
from typer.testing import CliRunner

from hitl.cli import app
from tests.small_project import SmallProject


@pytest.fixture
def desk(terminal):
    """A terminal beside the project "small"."""
    SmallProject(terminal.data).db.conn.close()
    return terminal


def slugs(terminal):
    return [one["slug"] for one in terminal.json("status")["projects"]]


def test_a_project_from_another_desk_trains_a_version_though_its_job_has_the_same_number(trained, terminal, tmp_path):
    path = tmp_path / "messages.tandem"
    trained.done("pack", "messages", path)
    rows = [(n, f"text {n}", "a" if n % 2 else "b") for n in range(4)]
    terminal.done("create", "First job here", "--file", terminal.write("first.csv", ("id", "text", "label"), rows))
    came = terminal.json("unpack", path, "--as", "copied")
    assert (came["slug"], came["name"]) == ("copied", "Messages")
    terminal.done("train", "copied")
    assert len(terminal.json("versions", "copied")["versions"]) == 2
    assert terminal.json("doctor")["ok"]


def test_a_foreign_file_is_refused_by_what_is_wrong(desk, tmp_path):
    desk.done("backup", "--to", tmp_path / "my.backup")
    assert "it is a 'tandem-backup'" in desk.refused("unpack", tmp_path / "my.backup")
    assert slugs(desk) == ["small"]


def test_a_project_gets_another_name_and_keeps_its_short_one(desk):
    assert desk.json("rename", "small", "Great") == {"slug": "small", "name": "Great"}
    assert desk.json("status")["projects"][0]["name"] == "Great"


def test_a_duplicate_is_a_project_of_its_own(desk):
    assert desk.json("duplicate", "small", "Small again")["slug"] == "small-again"
    assert desk.json("status", "small-again")["items"] == 0
    assert slugs(desk) == ["small", "small-again"]


def test_an_archived_project_is_listed_apart_and_comes_back(desk):
    desk.done("archive", "small")
    assert slugs(desk) == []
    assert desk.json("archive")["archived"] == [{"slug": "small", "name": "Small", "problem": None}]
    assert "is archived" in desk.refused("status", "small")
    desk.done("reopen", "small")
    assert slugs(desk) == ["small"]
    assert desk.done("archive").stdout == "No project is archived.\n"


def test_what_is_gone_is_said_before_the_name_is_asked_for(desk):
    arguments = ["--data", str(desk.data), "delete", "small"]
    result = CliRunner().invoke(app, arguments, input="Smal\n")
    assert result.exit_code == 1
    assert "12 items" in result.stderr
    assert "type its name exactly: Small" in result.stderr
    assert slugs(desk) == ["small"]
    assert CliRunner().invoke(app, arguments, input="Small\n").exit_code == 0
    assert slugs(desk) == []


def test_a_program_gives_the_name_as_an_option(desk):
    assert desk.json("delete", "small", "--confirm", "Small") == {"slug": "small", "is_deleted": True}
    assert "no project 'small'" in desk.refused("delete", "small", "--confirm", "Small")


def test_the_file_of_a_pack_is_an_argument_or_an_option_and_named_once(desk, tmp_path):
    path = tmp_path / "small.tandem"
    assert desk.json("pack", "small", path)["path"] == str(path)
    assert desk.json("pack", "small", "--out", tmp_path / "again.tandem")["path"].endswith("again.tandem")
    assert "leave one of them out" in desk.refused("pack", "small", path, "--out", path)
    assert "pack PROJECT FILE" in desk.refused("pack", "small")
