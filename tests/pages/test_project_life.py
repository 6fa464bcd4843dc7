"""The project as a whole on the Settings page."""

import pytest

from hitl.domain.people import LOCAL_OWNER
from hitl.loop.packs import unpack_project
from hitl.loop.project_life import archive_project
from hitl.loop.projects import set_guide
from hitl.store.connection import fetch_value, list_slugs, open_project
from hitl.store.folders import list_archived
from hitl.views.project_life import make_pack, read_holdings
from tests.pages.conftest import read_texts
from tests.small_project import START, SmallProject


def type_name(app, name):
    app.text_input(key="delete_name_small").set_value(name).run()


def test_what_would_be_gone_is_said_and_the_name_is_asked_for(open_page, house):
    app = open_page("settings")
    assert "60 items, 4 decisions of people and 2 model versions" in read_texts(app)
    assert app.button(key="delete_small").disabled
    type_name(app, "small")
    assert app.button(key="delete_small").disabled
    type_name(app, "Small")
    app.button(key="delete_small").click().run()
    assert not app.exception
    assert list_slugs(house.data_dir) == []
    assert "Welcome to Tandem" in read_texts(app)
    assert "is deleted" in read_texts(app)


def test_after_a_deletion_the_other_project_is_shown(open_page, house):
    SmallProject(house.data_dir, slug="other", rows=3).db.conn.close()
    app = open_page("settings", project="small")
    type_name(app, "Small")
    app.button(key="delete_small").click().run()
    assert not app.exception
    assert list_slugs(house.data_dir) == ["other"]
    assert app.query_params["project"] == "other"


def test_an_archived_project_comes_back_from_the_welcome_screen(open_page, house):
    app = open_page("settings")
    app.button(key="archive_small").click().run()
    assert not app.exception
    assert (list_slugs(house.data_dir), list_archived(house.data_dir)) == ([], ["small"])
    assert "Archived projects" in read_texts(app)
    app.button(key="bring_back_small").click().run()
    assert not app.exception
    assert list_slugs(house.data_dir) == ["small"]
    assert app.query_params["project"] == "small"


def test_a_button_that_archives_or_deletes_is_its_projects_own(open_page, house):
    SmallProject(house.data_dir, slug="other", rows=3).db.conn.close()
    app = open_page("settings", project="small")
    app.button(key="archive_small").click().run()
    assert {"archive_other", "delete_other"} <= {button.key for button in app.button}
    assert not {"archive_small", "delete_small"} & {button.key for button in app.button}
    assert (list_slugs(house.data_dir), list_archived(house.data_dir)) == (["other"], ["small"])


def test_and_from_the_settings_of_another(open_page, house):
    SmallProject(house.data_dir, slug="other", rows=3).db.conn.close()
    archive_project(house.data_dir, slug="small", actor=LOCAL_OWNER, now=START)
    app = open_page("settings")
    app.button(key="bring_back_small").click().run()
    assert list_slugs(house.data_dir) == ["other", "small"]


def test_a_duplicate_is_made_and_chosen(open_page, house):
    app = open_page("settings")
    assert app.button(key="duplicate").disabled
    app.text_input(key="duplicate_name").set_value("Small again").run()
    app.button(key="duplicate").click().run()
    assert not app.exception
    assert app.query_params["project"] == "small-again"
    db = open_project(house.data_dir, "small-again")
    assert fetch_value(db, "SELECT count(*) FROM items") == 0
    db.conn.close()


def test_the_download_is_the_projects_file(house, tmp_path):
    path = tmp_path / "got.tandem"
    path.write_bytes(make_pack(house.data_dir, "small", actor=LOCAL_OWNER, now=START))
    assert unpack_project(path, data_dir=tmp_path / "other", actor=LOCAL_OWNER, now=START).name == "Small"


def test_a_project_too_large_for_a_browser_names_the_command(open_page, house, monkeypatch):
    monkeypatch.setattr("hitl.views.project_life.MOST_DOWNLOAD_BYTES", 10)
    app = open_page("settings")
    assert "python -m hitl pack small" in read_texts(app)
    assert {button.key: button.disabled for button in app.get("download_button")}["pack"]


def test_a_name_that_looks_like_markup_stays_text(open_page, house):
    name = "# **[x](javascript:y)** <b>"
    set_guide(house.db, name=name, guide="", metric="accuracy", actor=LOCAL_OWNER, now=START)
    app = open_page("settings")
    assert read_holdings(house.data_dir, "small").name == name
    assert "\\[x\\]" in app.warning[0].value
    type_name(app, name)
    assert not app.button(key="delete_small").disabled


@pytest.mark.parametrize("key", ["archive_small", "delete_small"])
def test_who_may_only_look_is_refused(open_page, house, withdraw_role, key):
    app = open_page("settings")
    type_name(app, "Small")
    withdraw_role()
    app.button(key=key).click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert list_slugs(house.data_dir) == ["small"]
