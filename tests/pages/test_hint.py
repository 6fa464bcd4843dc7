"""Explore says what an item looks like by the words of the classes, until somebody answers or a model has learned."""

import pytest

from hitl.domain.clock import utc_now
from hitl.loop.encode import encode_items
from hitl.loop.review import decide
from tests.pages.conftest import VIEWER, read_texts
from tests.small_project import SmallProject
from tests.word_encoder import WordEncoder

HINT = "By the words of the classes alone this looks like “late parcel”: a hint, no model has learned yet."


@pytest.fixture
def small(data_dir, monkeypatch):
    WordEncoder().use(monkeypatch)
    small = SmallProject(data_dir, rows=0, class_names=("late parcel", "card declined"))
    small.add_rows([("t1", "late parcel again", "")])
    encode_items(small.db, small.folder, now=utc_now())
    return small


def test_whoever_may_look_reads_the_hint(open_page, small, become):
    become(VIEWER)
    assert HINT in read_texts(open_page("explore", item="t1"))


def test_an_answer_ends_it(open_page, small):
    decide(small.db, item_id=1, class_id=2, actor=small.actor, request_id="r", now=small.now())
    assert HINT not in read_texts(open_page("explore", item="t1"))
