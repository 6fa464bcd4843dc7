"""What texts mean, on the settings page: how far it is, turned off, and asked for."""

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.encode import encode_items
from hitl.store.connection import fetch_value
from hitl.store.encoding import is_encoder_on
from tests.pages.conftest import read_texts
from tests.word_encoder import WordEncoder


@pytest.fixture(autouse=True)
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


def test_it_is_turned_off_and_on(open_page, house):
    app = open_page("settings")
    assert "60 texts are not read yet" in read_texts(app)
    app.toggle(key=f"encoder_{house.slug}_True").set_value(False).run()
    assert not is_encoder_on(house.db)
    assert "It is turned off: models learn from words and letters alone." in read_texts(app)
    app.toggle(key=f"encoder_{house.slug}_False").set_value(True).run()
    assert is_encoder_on(house.db)


def test_very_many_texts_are_read_when_somebody_asks(open_page, house, monkeypatch):
    monkeypatch.setattr("hitl.views.encoding.MOST_UNASKED_TEXTS", 59)
    app = open_page("settings")
    assert "only when somebody asks for it" in read_texts(app)
    app.button(key="encode_now").click().run()
    assert fetch_value(house.tandem, "SELECT kind FROM jobs ORDER BY id DESC") == "encode"
    assert app.button(key="encode_now").disabled


def test_when_all_is_read_nothing_is_left_to_press(open_page, house):
    encode_items(house.db, house.folder, now=utc_now())
    app = open_page("settings")
    assert "All texts are read: the next training tries both." in read_texts(app)
    assert not [one for one in app.button if one.key == "encode_now"]
