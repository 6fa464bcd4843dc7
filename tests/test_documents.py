"""What the documents say is what the code does: variables, commands, rooms; and no file tells on anybody."""

import re
import subprocess

import pytest

from hitl.cli import app
from hitl.domain.fields import Role
from hitl.store.migrations import FACT_TABLES
from tests.test_architecture import ROOT, read_texts, relative

README = (ROOT / "README.md").read_text("utf-8")
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text("utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
SETTINGS = (ROOT / "hitl" / "settings.py").read_text("utf-8")

REGISTRY = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", r"--(extra-)?index-url"]))
MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.(?!example)[a-z]{2,}", re.IGNORECASE)
PROGRAMS = sorted(command.callback.__name__ for command in app.registered_commands)
VARIABLE = re.compile(r"TANDEM(?:_[A-Z]+)+")
VARIABLES = sorted(set(VARIABLE.findall(SETTINGS)))
TARGETS = sorted(set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_command_stands_in_the_readme(name):
    assert re.search(rf"`{name}\b", README)


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_stands_in_the_readme_and_the_deployment_guide(name):
    assert f"| `{name}` |" in README
    assert f"| `{name}` |" in DEPLOYMENT


def test_the_documents_name_no_variable_that_is_not_read():
    known = {*VARIABLES, "TANDEM_CHROMIUM"}
    assert set(VARIABLE.findall(README + DEPLOYMENT)) <= known


def test_the_documents_name_no_make_target_that_is_not_there():
    found = {name for path in ROOT.glob("**/*.md") if ".venv" not in path.parts for name in make_calls(path)}
    assert found <= set(TARGETS)


def make_calls(path):
    return re.findall(r"(?:^|`)make ([a-z]+)", path.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("role", Role)
def test_every_role_of_a_column_stands_in_the_readme(role):
    assert role.value in README


def test_every_room_of_the_package_stands_in_the_architecture():
    rooms = {path.name for path in (ROOT / "hitl").iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    rooms |= {path.name for path in (ROOT / "hitl").glob("*.py") if not path.name.startswith("__")}
    assert not {room for room in rooms if not re.search(rf"^  {re.escape(room)}(/| )", ARCHITECTURE, re.MULTILINE)}


@pytest.mark.parametrize("table", FACT_TABLES)
def test_every_guarded_table_stands_among_the_facts(table):
    assert f"`{table}`" in ARCHITECTURE


@pytest.mark.parametrize("route", ["auto_accept", "low_confidence", "novel", "cold_start", "audit", "second_look"])
def test_every_route_stands_in_the_glossary(route):
    assert route in GLOSSARY


def test_no_registry_is_named():
    assert not [
        f"{relative(path)}: {found.group()}" for path, text in read_texts() for found in REGISTRY.finditer(text)
    ]


def test_nobodys_mail_address_is_in_the_repository():
    assert not [
        f"{relative(path)}: {found.group()}" for path, text in read_texts() for found in MAIL_ADDRESS.finditer(text)
    ]


def test_the_pinned_versions_are_names_and_numbers_alone():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert not [line for line in lines if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)]


def test_git_leaves_out_what_people_make_in_the_data_folder():
    ask = ["git", "check-ignore", "--no-index", "-q"]
    made = ["data/tandem.db", "data/projects/x/project.db", "data/worker.log"]
    assert [subprocess.run([*ask, path], cwd=ROOT).returncode for path in made] == [0, 0, 0]
    assert subprocess.run([*ask, "data/samples/support_tickets.csv"], cwd=ROOT).returncode == 1
