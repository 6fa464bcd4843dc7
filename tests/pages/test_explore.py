"""The Explore page: the list, its filters, one item and its correction."""

import json

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.loop.review import decide
from hitl.store.connection import fetch_value
from tests.pages.conftest import links_of, read_texts
from tests.sliced_project import SlicedProject
from tests.small_project import LEAD, OTHER, SmallProject


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
    app.toggle(key="explore_disagrees").set_value(False).run()
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


def test_who_may_only_look_is_refused_in_a_sentence(open_page, house, withdraw_role):
    app = open_page("explore")
    app.query_params["item"] = "t50"
    app.run()
    app.pills(key="correction_class").set_value(2).run()
    withdraw_role()
    app.button(key="correction_save").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value


def test_what_is_shown_is_kept_as_a_view_and_opened_by_its_link(open_page, house):
    app = open_page("explore")
    app.text_input(key="explore_text").set_value("parcel").run()
    app.text_input(key="view_name").set_value("<i>Lost</i> **parcels**").run()
    app.button(key="view_keep").click().run()
    app.button(key="explore_clear").click().run()
    assert "**60 items**" in read_texts(app)
    again = open_page("explore", view="1")
    assert again.text_input(key="explore_text").value == "parcel"
    assert "contains “parcel”" in read_texts(again)
    assert "view" not in again.query_params


def test_a_view_is_opened_renamed_and_removed(open_page, house):
    app = open_page("explore")
    app.text_input(key="explore_text").set_value("money").run()
    app.text_input(key="view_name").set_value("Refunds").run()
    app.button(key="view_keep").click().run()
    app.button(key="explore_clear").click().run()
    app.button(key="view_1").click().run()
    assert app.text_input(key="explore_text").value == "money"
    app.text_input(key="view_new_name").set_value("Money back").run()
    app.button(key="view_rename").click().run()
    assert app.button(key="view_1").label == "Money back"
    app.button(key="view_remove").click().run()
    assert not [button for button in app.button if button.key == "view_1"]


@pytest.mark.parametrize("view", ["99", "nonsense", "9" * 40, "٣"])
def test_a_link_to_a_view_that_is_gone_says_so(open_page, house, view):
    app = open_page("explore", view=view)
    assert "view of this link is not there" in app.warning[0].value
    assert "**60 items**" in read_texts(app)


def open_many(open_page):
    app = open_page("explore")
    return app.toggle(key="explore_many").set_value(True).run()


def choose(app, kind, class_id=None):
    app.selectbox(key="bulk_kind").set_value(kind).run()
    return app.selectbox(key="bulk_class").set_value(class_id).run() if class_id else app


def labelled(house):
    return house.db.conn.execute("SELECT count(*) FROM item_state WHERE resolved_class_id IS NOT NULL").fetchone()[0]


def test_what_would_change_is_shown_before_anything_is_done(open_page, house):
    app = choose(open_many(open_page), BulkKind.CORRECT, 2)
    text = read_texts(app)
    assert "All 60 items that fit" in text
    assert "**43 items** would be **no**. Now they are:" in text
    assert "17 already so" in text
    assert "no label yet → **no**" in text
    assert labelled(house) == 34


def test_all_that_fit_are_labelled_and_taken_back_at_once(open_page, house):
    app = choose(open_many(open_page), BulkKind.CONFIRM)
    app.text_input(key="bulk_reason").set_value("<b>checked</b>").run()
    app.button(key="bulk_start").click().run()
    assert labelled(house) == 60
    assert "30 items labelled as the model answers" in read_texts(app)
    app.button(key="bulk_news_undo").click().run()
    assert labelled(house) == 34
    assert "Undone: 30 items labelled as the model answers" in read_texts(app)
    assert "<b>checked</b>" in read_texts(app)


def test_an_act_can_be_undone_later_from_the_list(open_page, house):
    app = choose(open_many(open_page), BulkKind.CANNOT_TELL)
    app.button(key="bulk_start").click().run()
    app.button(key="bulk_news_close").click().run()
    again = open_many(open_page)
    again.button(key="bulk_undo_1").click().run()
    assert labelled(house) == 34


def test_a_large_act_goes_to_the_background(open_page, house, monkeypatch):
    monkeypatch.setattr("pages._bulk_acts.AT_ONCE", 5)
    app = choose(open_many(open_page), BulkKind.CONFIRM)
    app.button(key="bulk_start").click().run()
    app = choose(app, BulkKind.CONFIRM)
    assert labelled(house) == 34
    [job] = house.tandem.query("SELECT kind, args FROM jobs")
    assert (job["kind"], json.loads(job["args"])) == ("bulk", {"act_id": 1, "step": "do"})
    assert app.button(key="bulk_start").disabled


def test_what_changed_since_it_was_shown_is_shown_again(open_page, house):
    app = choose(open_many(open_page), BulkKind.CONFIRM)
    decide(house.db, actor=OTHER, request_id="r", item_id=50, class_id=2, now=utc_now())
    app.button(key="bulk_start").click().run()
    assert "Nothing was done: look at it again" in app.error[0].value.replace("\\", "")
    assert labelled(house) == 35


def test_who_may_only_look_changes_nothing_in_bulk(open_page, house, withdraw_role):
    app = choose(open_many(open_page), BulkKind.CONFIRM)
    withdraw_role()
    app.button(key="bulk_start").click().run()
    assert "is not open to the role 'viewer'" in app.error[0].value
    assert labelled(house) == 34


def test_a_link_sets_the_filters_and_is_kept(open_page, house):
    app = open_page("explore")
    asked = {"class": "yes", "from": "0.2", "to": "0.9", "reviewed": "no", "version": "2", "order": "newest"}
    asked |= {"q": "money"}
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert app.selectbox(key="explore_class").value == 1
    assert app.selectbox(key="explore_reviewed").value is False
    assert app.selectbox(key="explore_version").value == 2
    assert app.selectbox(key="explore_order").value == "newest"
    assert app.text_input(key="explore_text").value == "money"
    assert "% to 90" in read_texts(app)
    assert {name: app.query_params[name] for name in asked} == asked
    app.run()
    assert {name: app.query_params[name] for name in asked} == asked


def test_what_is_chosen_is_in_the_address(open_page, house):
    app = open_page("explore")
    app.selectbox(key="explore_route").set_value("low_confidence").run()
    app.selectbox(key="explore_version").set_value(2).run()
    app.toggle(key="explore_changed").set_value(True).run()
    app.selectbox(key="explore_split").set_value("class").run()
    assert {
        "route": "low_confidence",
        "version": "2",
        "changed": "yes",
        "split": "class",
    }.items() <= app.query_params.items()
    app.button(key="explore_clear").click().run()
    assert "route" not in app.query_params


def test_a_hostile_link_is_inert(open_page, house):
    app = open_page("explore")
    for name in ("class", "route", "from", "slice", "version", "order", "split"):
        app.query_params[name] = "<script>alert(1)</script>'; DROP TABLE items; --"
    app.run()
    assert not app.exception
    assert "**60 items**" in read_texts(app)
    assert set(app.query_params) == {"project"}


def test_answers_that_changed_are_shown_side_by_side(open_page, house):
    app = open_page("explore")
    app.query_params["version"] = "2"
    app.query_params["changed"] = "yes"
    app.run()
    count = house.db.execute(
        "SELECT count(*) FROM predictions AS new JOIN predictions AS old USING (item_id)"
        " WHERE new.version_id = 2 AND old.version_id = 1 AND new.class_id <> old.class_id"
    ).fetchone()[0]
    assert f"**{count} item" in read_texts(app)


def test_slices_filter_split_and_are_listed(open_page, data_dir):
    sliced = SlicedProject(data_dir)
    sliced.answer_with({item: (1 + item % 2, item / 20) for item in range(1, 13)})
    app = open_page("explore", project="sliced")
    app.query_params["slice"] = "region:EU"
    app.query_params["split"] = "slice.region"
    app.run()
    assert not app.exception
    assert app.selectbox(key="explore_slice_region").value == "EU"
    table = app.dataframe[0]
    assert set(table.value["slice"]) == {"EU"}
    assert "slice" in table.proto.column_order
    assert "**6 items**" in read_texts(app)


def test_an_unknown_project_is_said_to_be_missing(open_page, house):
    app = open_page("overview", project="nowhere<b>")
    assert "There is no project 'nowhere<b>'" in read_texts(app)
    assert "Model accuracy" not in read_texts(app)
    app.selectbox(key="project").set_value("small").run()
    assert not app.exception
    assert app.query_params["project"] == "small"
    assert "There is no project" not in read_texts(app)


def test_an_owner_redacts_an_item_by_typing_its_id(open_page, house):
    app = open_page("explore")
    app.query_params["item"] = "t1"
    app.session_state["redact_fold"] = True
    app.run()
    assert "1 revision of t1 loses its content" in read_texts(app)
    assert "Retired, with their model files deleted: Version 1, Version 2" in read_texts(app)
    assert app.button(key="redact").disabled
    app.text_input(key="redact_reason_t1").set_value("asked for").run()
    app.text_input(key="redact_typed_t1").set_value("t1").run()
    app.button(key="redact").click().run()
    assert "The content of this item was redacted" in read_texts(app)
    assert "money back for order 0" not in read_texts(app)
    assert fetch_value(house.tandem, "SELECT kind FROM jobs ORDER BY id DESC") == "redact"


def test_who_is_no_owner_is_shown_no_way_to_redact(open_page, house, become):
    become(LEAD)
    app = open_page("explore")
    app.query_params["item"] = "t1"
    app.run()
    assert "Redact this item" not in [one.label for one in app.expander]
