"""A project made without a file, and an item typed in."""

from hitl.domain.fields import Field, Role
from hitl.store.connection import open_project
from hitl.store.items import visible_count
from hitl.store.projects import list_classes, read_project
from tests.pages.conftest import read_texts
from tests.small_project import SmallProject

HOSTILE = "<script>alert(1)</script> \u202e**x** 🙂"


def test_a_project_is_made_without_a_file_and_an_item_typed_in(open_page, data_dir):
    app = open_page("overview")
    app.text_input(key="hand_name").set_value("Complaints").run()
    app.text_area(key="hand_classes").set_value(f"Refund: money back\n{HOSTILE}").run()
    app.button(key="hand_make").click().run()
    db = open_project(data_dir, "complaints")
    assert read_project(db).fields == (Field("text", Role.TEXT),)
    assert [(one.name, one.guideline) for one in list_classes(db)] == [("Refund", "money back"), (HOSTILE, "")]
    app.switch_page("explore.py").run()
    assert "add an item by hand" in read_texts(app)
    app.text_area(key="add_item.text").set_value(HOSTILE).run()
    app.button(key="add_item_save").click().run()
    assert visible_count(db) == 1
    assert "**1 item**" in read_texts(app)
    assert app.text_area(key="add_item.text").value == ""
    db.conn.close()


def test_what_is_missing_is_said(open_page, data_dir):
    app = open_page("overview")
    app.button(key="hand_make").click().run()
    assert "needs a name" in app.error[0].value


def test_an_item_that_does_not_fit_is_refused_and_kept_in_the_form(open_page, data_dir):
    SmallProject(data_dir)
    app = open_page("explore")
    app.button(key="add_item_save").click().run()
    assert app.error
    app.text_area(key="add_item.text").set_value("a new text").run()
    app.selectbox(key="add_item.label").set_value("no").run()
    app.button(key="add_item_save").click().run()
    assert "**13 items**" in read_texts(app)


def test_who_may_only_look_adds_nothing(open_page, house, withdraw_role):
    app = open_page("explore")
    app.text_area(key="add_item.text").set_value("mine").run()
    withdraw_role()
    app.button(key="add_item_save").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
