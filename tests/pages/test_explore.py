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


def test_a_cell_without_a_value_is_empty(open_page, house):
    table = open_page("explore").dataframe[0].value
    assert "" in table["Label"].tolist()
    assert not table.drop(columns="Confidence").isna().any(axis=None)


def test_without_a_model_its_columns_are_left_out(open_page, data_dir):
    SmallProject(data_dir)
    assert "Confidence" not in open_page("explore").dataframe[0].proto.column_order


def test_all_filters_are_cleared_at_once(open_page, house):
    app = open_page("explore")
    app.text_input(key="explore_text").set_value("nothing like this").run()
    assert "No item fits" in read_texts(app)
    app.button(key="explore_clear").click().run()
    assert "**60 items**" in read_texts(app)
    assert not [button for button in app.button if button.key == "explore_clear"]


def test_with_many_classes_one_is_typed_instead_of_picked(open_page, data_dir):
    SmallProject(data_dir, class_names=tuple(f"class {number}" for number in range(12)))
    app = open_page("explore")
    app.query_params["item"] = "t1"
    app.run()
    assert len(app.selectbox(key="correction_class").options) == 12
    assert not app.pills


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
    app.pills(key="correction_class").set_value(2).run()
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
    app.pills(key="correction_class").set_value(2).run()
    app.button(key="correction_save").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
