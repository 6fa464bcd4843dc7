"""The Explore page: the list, its filters, one item and its correction."""

from tests.pages.conftest import links_of, read_texts
from tests.small_project import SmallProject


def test_a_project_without_items_leads_to_import(open_page, data_dir):
    SmallProject(data_dir, rows=0)
    app = open_page("explore")
    assert "No items yet" in read_texts(app)
    assert links_of(app) == ["import"]


def test_all_items_are_listed_least_sure_first(open_page, house):
    app = open_page("explore")
    table = app.dataframe[0].value
    assert len(table) == 50
    assert table["Confidence"].is_monotonic_increasing
    assert "**60 items**" in read_texts(app)


def test_a_link_may_ask_for_disagreements(open_page, house):
    app = open_page("explore")
    app.query_params["disagrees"] = "yes"
    app.run()
    assert app.toggle(key="explore_disagrees").value is True
    assert "disagrees" not in app.query_params


def test_an_item_is_corrected(open_page, house):
    app = open_page("explore")
    app.query_params["item"] = "t50"
    app.run()
    app.selectbox(key="correction_class").set_value(2).run()
    app.button(key="correction_save").click().run()
    (label,) = house.db.query(
        "SELECT resolved_class_id FROM item_state JOIN items ON items.id = item_id WHERE external_id = 't50'"
    )
    assert label["resolved_class_id"] == 2
    assert "decided: no" in read_texts(app)


def test_an_item_that_is_not_there_is_said_to_be_missing(open_page, house):
    app = open_page("explore")
    app.query_params["item"] = "nothing"
    app.run()
    assert "There is no such item" in app.warning[0].value


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, viewer):
    app = open_page("explore")
    app.query_params["item"] = "t50"
    app.run()
    app.selectbox(key="correction_class").set_value(2).run()
    app.button(key="correction_save").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
