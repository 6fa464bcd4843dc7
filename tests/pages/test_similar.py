"""Explore lists what is similar to a sentence or an item, for whoever may look, and says why where it can't."""

import json

import pytest

from hitl.domain.bulk import BulkKind
from hitl.domain.clock import utc_now
from hitl.domain.covers import Cover
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.encode import encode_items
from hitl.loop.privacy import cover_fields
from hitl.store.connection import fetch_value
from tests.pages.conftest import VIEWER, read_texts
from tests.word_encoder import WordEncoder

SENTENCE = "where is my parcel"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def read_house(house):
    encode_items(house.db, house.folder, now=utc_now())
    return house


def listed(app):
    return app.dataframe[0].value


def buttons(app):
    return {button.key: button for button in app.button}


def test_a_sentence_lists_the_nearest_first(open_page, read_house):
    app = open_page("explore")
    app.text_input(key="explore_sentence").set_value(SENTENCE).run()
    table = listed(app)
    assert table["similarity"].is_monotonic_decreasing
    assert all("parcel" in text for text in table["Content"][:30])
    assert "the most similar first" in read_texts(app)
    assert app.selectbox(key="explore_order").disabled
    assert app.query_params["near"] == SENTENCE


def test_without_one_there_is_no_similarity(open_page, read_house):
    assert "similarity" not in open_page("explore").dataframe[0].proto.column_order


def test_other_filters_narrow_what_is_compared(open_page, read_house):
    app = open_page("explore", near=SENTENCE, unanswered="yes")
    assert set(listed(app)["Label"]) == {""}
    assert all("parcel" in text for text in listed(app)["Content"][:13])


def test_an_item_finds_similar_ones_until_a_sentence_is_typed(open_page, read_house):
    app = open_page("explore", item="t51")
    app.button(key="find_similar").click().run()
    assert "the most similar to t51 first" in read_texts(app)
    assert "t51" not in listed(app)["Content"].tolist()
    assert app.query_params["like"] == "t51"
    app.text_input(key="explore_sentence").set_value("send the money back").run()
    assert "like" not in app.query_params
    assert "money back" in listed(app)["Content"][0]


def test_all_is_cleared_at_once(open_page, read_house):
    app = open_page("explore", like="t51")
    app.button(key="explore_clear").click().run()
    assert "like" not in app.query_params
    assert "**60 items**" in read_texts(app)


def test_no_more_than_the_nearest_are_listed_which_is_said(open_page, read_house, monkeypatch):
    monkeypatch.setattr("hitl.loop.nearest.MOST_NEAREST", 20)
    monkeypatch.setattr("hitl.ui.item_list.MOST_NEAREST", 20)
    app = open_page("explore", near=SENTENCE)
    assert len(listed(app)) == 20
    assert "Listed are the 20 nearest; others may be near too." in read_texts(app)


def test_an_act_on_many_is_on_the_listed_ones_alone(open_page, read_house, monkeypatch):
    monkeypatch.setattr("hitl.loop.nearest.MOST_NEAREST", 3)
    app = open_page("explore", near=SENTENCE, unanswered="yes")
    app.toggle(key="explore_many").set_value(True).run()
    assert "All 3 items listed, the nearest first." in read_texts(app)
    app.selectbox(key="bulk_kind").set_value(BulkKind.CANNOT_TELL).run()
    app.button(key="bulk_start").click().run()
    assert fetch_value(read_house.db, "SELECT count(*) FROM item_state WHERE cannot_tell") == 3
    selection = json.loads(fetch_value(read_house.db, "SELECT selection FROM bulk_acts"))
    assert "filter" not in selection


@pytest.mark.parametrize("address", [{"near": SENTENCE}, {"like": "t1"}])
def test_until_all_is_read_it_says_so(open_page, house, address):
    app = open_page("explore", **address)
    assert "Items can be compared once all texts are read" in app.info[0].value
    assert not app.dataframe


def test_an_item_that_is_gone_is_said_to_be(open_page, read_house):
    assert "There is no item nobody" in open_page("explore", like="nobody").info[0].value


def test_who_may_only_look_may_search(open_page, read_house, become):
    become(VIEWER)
    app = open_page("explore", near=SENTENCE, item="t50")
    assert app.dataframe[0].value["similarity"].notna().all()
    assert "find_similar" in buttons(app)


def test_a_hidden_text_is_compared_for_nobody(open_page, read_house):
    cover_fields(read_house.db, {"text": Cover.HIDDEN}, actor=LOCAL_OWNER, now=utc_now())
    app = open_page("explore", near=SENTENCE, item="t50")
    assert "similarity" not in app.dataframe[0].proto.column_order
    assert "explore_sentence" not in [one.key for one in app.text_input]
    assert "find_similar" not in buttons(app)
