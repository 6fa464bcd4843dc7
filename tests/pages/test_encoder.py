"""What texts mean, on the settings page: how far it is, turned off, and asked for."""

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.encode import encode_items
from hitl.store.connection import fetch_value, write_transaction
from hitl.store.encoding import add_encoder_rule, encoder_rule
from tests.pages.conftest import read_texts
from tests.word_encoder import WordEncoder

MISSING = "It is missing. Run: pip install extra"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


def test_it_is_turned_off_and_on(open_page, house):
    app = open_page("settings")
    assert "60 texts are not read yet" in read_texts(app)
    app.toggle(key=f"encoder_{house.slug}_True").set_value(False).run()
    assert not encoder_rule(house.db).is_on
    assert "It is turned off: models learn from words and letters alone." in read_texts(app)
    app.toggle(key=f"encoder_{house.slug}_False").set_value(True).run()
    assert encoder_rule(house.db).is_on


def test_another_encoder_is_chosen_and_reads_the_texts_anew(open_page, house, words, monkeypatch):
    encode_items(house.db, house.folder, now=utc_now())
    words.use(monkeypatch, WordEncoder(name="others"))
    app = open_page("settings")
    assert "Words thrown to places 1: For tests. MIT, 16 numbers a text." in read_texts(app)
    app.selectbox(key=f"encoder_name_{house.slug}_words").set_value("others").run()
    assert not app.exception
    assert encoder_rule(house.db).encoder == "others"
    assert "60 texts are not read yet" in read_texts(app)
    assert app.selectbox(key=f"encoder_name_{house.slug}_others").value == "others"


def test_one_that_is_not_installed_says_how_it_is_and_stays_unchosen(open_page, house, words, monkeypatch):
    words.use(monkeypatch, WordEncoder(name="extra", lacking=MISSING))
    app = open_page("settings")
    app.selectbox(key=f"encoder_name_{house.slug}_words").set_value("extra").run()
    assert [one.value.replace("\\", "") for one in app.error] == [MISSING]
    assert encoder_rule(house.db).encoder is None
    assert app.selectbox(key=f"encoder_name_{house.slug}_words").value == "words"


def test_the_command_that_installs_one_is_shown_apart_to_be_copied(open_page, house, words, monkeypatch):
    words.use(monkeypatch, WordEncoder(name="extra", lacking=MISSING))
    app = open_page("settings")
    assert [one.value for one in app.code] == ["pip install extra"]
    assert "It is missing. Run:" in read_texts(app)


def test_a_project_whose_encoder_is_missing_here_says_so(open_page, house, words, monkeypatch):
    words.use(monkeypatch, WordEncoder(name="extra", lacking=MISSING))
    with write_transaction(house.db):
        add_encoder_rule(house.db, is_on=True, encoder="extra", actor_id=1, at="2026-01-05T09:00:00.000000Z")
    app = open_page("settings")
    assert MISSING in [one.value.replace("\\", "") for one in app.warning]
    assert read_texts(app).count(MISSING) == 1
    assert app.button(key="encode_now").disabled


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
