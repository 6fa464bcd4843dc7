"""Where a project shows names to its leads alone, no page names anybody to a reviewer."""

import ast
from pathlib import Path

import pytest

from hitl.domain.clock import utc_now
from hitl.domain.people import LOCAL_OWNER, Actor, MemberRole, ShowNames
from hitl.loop.names import set_show_names
from tests.pages.conftest import read_texts

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def hidden(house):
    """The built project, whose decisions are the first owner's."""
    house.tandem.execute("UPDATE people SET name = 'Olga', pseudonym = '47' WHERE id = 1")
    set_show_names(house.db, ShowNames.LEADS, actor=LOCAL_OWNER, now=utc_now())
    return house


def read_as(role, open_page, monkeypatch, name, **query):
    monkeypatch.setattr("hitl.views.visitor.LOCAL_OWNER", Actor(id=9, name="Bert", role=role))
    app = open_page(name, **query)
    return read_texts(app) + "\n".join(str(table.value.to_csv()) for table in app.dataframe)


@pytest.mark.parametrize(
    ("name", "query"), [("overview", {}), ("explore", {"item": "t40"}), ("versions", {}), ("review", {})]
)
def test_a_reviewer_reads_a_number_in_place_of_a_name(hidden, open_page, monkeypatch, name, query):
    shown = read_as(MemberRole.REVIEWER, open_page, monkeypatch, name, **query)
    assert "Olga" not in shown
    assert ("Colleague 47" in shown) is (name != "review")


def test_a_lead_reads_the_name(hidden, open_page, monkeypatch):
    assert "Olga" in read_as(MemberRole.LEAD, open_page, monkeypatch, "overview")


def calls_of(name):
    """Where a function is called, as ``(file, the names of its keyword arguments)``."""
    for path in [*(ROOT / "hitl").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield path.relative_to(ROOT).as_posix(), {one.arg for one in node.keywords}


def test_all_names_come_from_one_function():
    assert {path for path, _ in calls_of("read_names")} == {"hitl/views/overview.py"}


def test_whoever_shows_names_says_to_whom_but_for_the_command_line():
    shown = [(path, given) for path, given in calls_of("read_people") if not path.startswith("hitl/cli/")]
    assert shown
    assert all(given >= {"db", "viewer"} for _, given in shown)
