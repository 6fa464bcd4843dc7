"""What all commands share: where the data is, exit codes, one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest

import hitl
from tests.small_project import SmallProject

ROOT = Path(__file__).resolve().parents[3]


def test_the_version_is_told(terminal):
    assert terminal.done("--version").stdout.strip() == hitl.__version__


def test_an_unknown_command_is_wrong_use(terminal):
    assert terminal.run("bogus").exit_code == 2


def test_every_command_explains_itself(terminal):
    help_text = terminal.done("--help").stdout
    for name in ("demo", "serve", "create", "ingest", "train", "status", "decide", "versions"):
        assert name in help_text
    for name in ("promote", "rollback", "export", "simulate", "doctor"):
        assert name in help_text
        assert "Usage: python -m hitl" in terminal.done(name, "--help").stdout


def test_a_data_folder_that_is_a_file_is_refused(terminal):
    terminal.data.write_text("not a folder")
    assert "can't be made" in terminal.refused("status")


def test_a_foreign_database_is_told_in_a_sentence(terminal):
    terminal.data.mkdir()
    (terminal.data / "tandem.db").write_text("this is no database at all, only text")
    result = terminal.run("doctor")
    assert result.exit_code == 1
    assert "is not a Tandem database" in result.stdout


@pytest.mark.parametrize("module", ["hitl.__main__", "hitl.worker.__main__", "app"])
def test_commands_worker_and_server_start_without_what_only_models_and_tables_need(module):
    unwanted = {"pandas", "scipy", "sklearn"} | ({"streamlit"} if module != "app" else set())
    code = f"import sys, {module}; print(sorted({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_python_m_hitl_ends_with_the_commands_exit_code(tmp_path):
    command = [sys.executable, "-m", "hitl", "--data", str(tmp_path), "status", "nope"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == "Error: There is no project 'nope'. There is none yet; make one: python -m hitl create NAME --file F\n"
    )


def test_the_help_is_in_the_terminals_language(terminal, pseudo_language, monkeypatch):
    monkeypatch.setenv("LC_ALL", f"{pseudo_language}.UTF-8")
    shown = " ".join(terminal.done("train", "--help").stdout.split())
    for english in ("⟦The project's short name; `status` lists them.", "⟦Print the result as JSON."):
        assert english in shown
    assert "⟦Tandem: people and a model label data together." in terminal.done("--help").stdout
    assert "⟦There is no project 'nowhere'." in terminal.run("status", "nowhere").stderr


def test_no_name_of_a_project_or_file_steers_the_terminal(terminal):
    """Typer takes such sequences out of what is no terminal, so the test says that it is one."""
    name = "a \x1b[31mred \x9b name \u202e"
    file = terminal.write(f"{name}.csv", ("id", "text", "label"), [("1", "one", "yes"), ("2", "two", "no")])
    said = terminal.run("create", name, "--file", file, "--id", "id", color=True).output
    [slug] = [one["slug"] for one in terminal.json("status")["projects"]]
    for command in (("status",), ("imports", slug), ("status", "--json"), ("decide", slug, name, "yes")):
        said += terminal.run(*command, color=True).output
    assert "\\u001b[31m" in said
    assert [letter for letter in "\x1b\x9b\u202e" if letter in said] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("fo{}o",),
        (
            "archive",
            "--{}",
        ),
        ("archive", "a", "b{}"),
        ("decide", "p", "i", "c", "--x{}=3"),
        ("--{}",),
    ],
)
def test_wrong_use_repeats_what_was_typed_without_steering_the_terminal(terminal, arguments):
    result = terminal.run(*(one.format("\x1b[31m\u202e\x07") for one in arguments))
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert not {"\x1b", "\u202e", "\x07"} & set(result.stderr)


@pytest.mark.parametrize(
    "command", ["archive nix", "pack nix f", "status nix", "rename nix b", "delete nix", "train nix"]
)
def test_an_unknown_project_is_told_with_those_there_are(terminal, command):
    for slug in ("small", "other"):
        SmallProject(terminal.data, slug=slug, rows=0).db.conn.close()
    assert terminal.refused(*command.split()) == "There is no project 'nix'. Known here: other, small."


def test_an_archived_project_is_told_with_how_to_bring_it_back(terminal):
    SmallProject(terminal.data, rows=0).db.conn.close()
    terminal.done("archive", "small")
    assert terminal.refused("status", "small").endswith("Bring it back: python -m hitl reopen small")
