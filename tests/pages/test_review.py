"""The review page as Streamlit draws it: without a project, without classes, and with the deck."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.projects import create_project
from tests.small_project import START, SmallProject

SHELL = Path(__file__).resolve().parents[2] / "pages" / "_shell.py"


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path))
    return tmp_path


def open_review(**query):
    app = AppTest.from_file(str(SHELL), default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("review.py").run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("data_dir")
def test_without_a_project_it_leads_to_import():
    app = open_review()
    assert [title.value for title in app.title] == ["Welcome to Tandem"]
    assert [link.page for link in app.main.get("page_link")] == ["import"]


def test_without_classes_it_leads_to_settings(data_dir):
    create_project(data_dir, slug="bare", name="Bare", fields=(Field("text", Role.TEXT),), actor=LOCAL_OWNER, now=START)
    app = open_review()
    assert any("No classes yet" in element.value for element in app.markdown)
    assert [link.page for link in app.main.get("page_link")] == ["settings"]
    assert not app.get("bidi_component")


def test_the_deck_is_told_project_person_classes_and_guide(data_dir):
    SmallProject(data_dir)
    app = open_review(project="small")
    assert [title.value for title in app.title] == ["Review"]
    (deck,) = app.get("bidi_component")
    told = json.loads(deck.proto.json)
    assert (told["project"], told["actor"], told["guide"]) == ("small", LOCAL_OWNER.id, "")
    assert [entry["name"] for entry in told["classes"]] == ["yes", "no"]
