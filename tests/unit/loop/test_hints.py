"""Before there is a model the words of the classes hint at one, where it is clear, and never on what is blind."""

import pytest

from hitl.domain.covers import Cover
from hitl.domain.people import LOCAL_OWNER
from hitl.loop import hints
from hitl.loop.encode import encode_items, set_encoder
from hitl.loop.hints import hint_at_classes, hints_at_hand
from hitl.loop.privacy import cover_fields
from hitl.loop.projects import set_guideline
from hitl.loop.review import claim
from hitl.views.hints import read_hint_of_item, with_hints
from hitl.views.item_detail import read_item
from hitl.views.review import read_cards
from tests.small_project import LEAD, OTHER, SmallProject
from tests.word_encoder import WordEncoder

LATE, CARD = 1, 2
TEXTS = ("late parcel again", "card declined", "late card parcel declined", "late parcel")
SENTENCE = "By the words of the classes alone this looks like “late_parcel”: a hint, no model has learned yet."


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setattr(hints, "_ENCODED", {})
    monkeypatch.setattr(hints, "_BEGUN", {})
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def small(tmp_path):
    """Four items, read; nobody has labelled one."""
    small = SmallProject(tmp_path, rows=0, class_names=("late_parcel", "card declined"))
    small.add_rows([(f"t{n}", text, "") for n, text in enumerate(TEXTS, start=1)])
    encode_items(small.db, small.folder, now=small.now())
    return small


def hinted(small, item_ids=(1, 2, 3, 4)):
    return hint_at_classes(small.db, small.folder, item_ids)


def cards(small):
    held = claim(small.db, actor=OTHER, count=4, now=small.now())
    return with_hints(small.db, small.folder, read_cards(small.db, held, people={}))


def wait_for_the_encoder():
    for thread in hints._BEGUN.values():
        thread.join()


def test_the_class_with_a_clear_lead_is_hinted_at(small):
    assert hinted(small) == {1: LATE, 2: CARD, 4: LATE}


def test_a_lead_that_is_not_clear_is_none(small, monkeypatch):
    monkeypatch.setattr(hints, "CLEAR_LEAD", 1.1)
    assert hinted(small) == {}


def test_a_class_of_one_word_tells_too_little_until_it_has_a_guideline(tmp_path):
    small = SmallProject(tmp_path, rows=0, class_names=("late", "card declined"))
    small.add_rows([("t1", "late parcel again", "")])
    encode_items(small.db, small.folder, now=small.now())
    assert hinted(small, [1]) == {}
    how = {"actor": LOCAL_OWNER, "now": small.now()}
    set_guideline(small.db, key="late", guideline="parcel again", **how)
    assert hinted(small, [1]) == {1: LATE}


def test_a_model_ends_the_hints(small):
    small.answer_with(dict.fromkeys((1, 2, 3, 4), (LATE, 0.6)))
    assert hinted(small) == {}


def test_there_are_none_until_all_texts_are_read_nor_where_that_is_turned_off(small):
    set_encoder(small.db, is_on=False, actor=LEAD, now=small.now())
    assert hinted(small) == {}
    set_encoder(small.db, is_on=True, actor=LEAD, now=small.now())
    small.add_rows([("n1", "late parcel", "")])
    assert hinted(small) == {}


def test_a_hidden_text_gives_no_hint(small):
    cover_fields(small.db, {"text": Cover.HIDDEN}, actor=LOCAL_OWNER, now=small.now())
    assert hinted(small) == {}


def test_cards_have_hints_once_the_encoder_is_loaded(small):
    assert hints_at_hand(small.db, small.folder, [1]) == {}
    wait_for_the_encoder()
    found = {card.item_id: card.hint for card in cards(small)}
    assert (found[1], found[3]) == (SENTENCE, None)


def test_an_encoder_that_is_missing_gives_no_hint_and_begins_nothing(small, words, monkeypatch):
    object.__setattr__(words.encoder, "lacking", lambda: "Run: pip install words")
    assert hints_at_hand(small.db, small.folder, [1]) == {}
    assert not hints._BEGUN


def test_a_blind_card_has_none(tmp_path, small):
    hints_at_hand(small.db, small.folder, [1])
    wait_for_the_encoder()
    small.db.execute("UPDATE queue SET route = 'audit' WHERE group_id = 1")
    by_item = {card.item_id: card for card in cards(small)}
    assert (by_item[1].blind, by_item[1].hint) == (True, None)
    assert by_item[4].hint == SENTENCE


def test_the_panel_says_it_of_what_nobody_answered(small):
    assert read_hint_of_item(small.db, small.folder, read_item(small.db, "t1", people={})) == SENTENCE
    small.db.execute("UPDATE queue SET route = 'audit' WHERE group_id = 1")
    assert read_hint_of_item(small.db, small.folder, read_item(small.db, "t1", people={})) is None


def test_few_words_of_classes_are_kept(small, monkeypatch):
    monkeypatch.setattr(hints, "MOST_KEPT", 1)
    hints_at_hand(small.db, small.folder, [1])
    wait_for_the_encoder()
    before = list(hints._ENCODED)
    set_guideline(small.db, key="late_parcel", guideline="not here yet", actor=LOCAL_OWNER, now=small.now())
    assert hinted(small, [1]) == {1: LATE}
    assert len(hints._ENCODED) == 1
    assert not set(before) & (set(hints._ENCODED) | set(hints._BEGUN))
