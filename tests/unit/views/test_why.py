"""What people read of why the model says so: small, in the places a browser counts, and only what is still so."""

import json
from dataclasses import asdict

import pytest

from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Row
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.projects import create_project
from hitl.loop.review import claim
from hitl.store.connection import open_project
from hitl.store.explanations import add_explanations
from hitl.views.review import read_cards, read_held_whys
from hitl.views.why import read_why_of_item, read_whys
from tests.small_project import OTHER, START, SmallProject

YES, NO = 1, 2
EMOJI = "👍🏽 refund 𝒳 please"


@pytest.fixture
def small(tmp_path):
    """An item with an emoji waits, ten others are decided by the import."""
    small = SmallProject(tmp_path, rows=0)
    small.add_rows([("w", EMOJI, ""), *((f"d{n}", f"decided {n}", "yes") for n in range(10))])
    small.answer_with(dict.fromkeys(range(1, 12), (YES, 0.6)))
    return small


def explain(small, item_id=1, *, words=(), fields=(), near=(), version_id=1):
    body = {"against": NO, "words": list(words), "fields": list(fields), "near": list(near)}
    add_explanations(small.db, {item_id: body}, version_id=version_id, cover_id=0, at="2026")


def read(small, item_id=1, text=EMOJI):
    return read_whys(small.db, {item_id: {"text": text}}).get(item_id)


def test_places_are_counted_as_a_browser_counts_them(small):
    begin = EMOJI.index("refund")
    explain(small, words=[["text", begin, begin + 6, 1.0], ["text", EMOJI.index("𝒳"), EMOJI.index("𝒳") + 1, -1.0]])
    units = EMOJI.encode("utf-16-le")
    words = [(units[2 * start : 2 * end].decode("utf-16-le"), sign) for _, start, end, sign in read(small).marks]
    assert words == [("refund", 1), ("𝒳", -1)]
    assert read_why_of_item(small.db, 1).speaks_for == ("refund",)
    assert read_why_of_item(small.db, 1).speaks_against == ("𝒳",)


def test_a_place_beyond_the_text_or_in_a_field_that_is_gone_is_left_out(small):
    explain(small, words=[["text", 0, 999, 1.0], ["nowhere", 0, 1, 1.0]], fields=[["nowhere", 1.0]])
    assert (read(small).marks, read(small).fields) == ((), ())


def test_a_word_that_is_told_with_others_is_not_told_again(small):
    explain(small, 2, words=[["text", 0, 7, 1.0], ["text", 0, 9, 1.0], ["text", 8, 9, 1.0]])
    assert read_why_of_item(small.db, 2).speaks_for == ("decided 0",)


def test_of_another_version_nothing_is_shown(small):
    explain(small, version_id=7)
    assert read(small) is None
    assert read_why_of_item(small.db, 1).state == "open"


def test_what_was_explained_since_its_card_was_dealt_is_sent_to_who_holds_it(small):
    held = claim(small.db, actor=OTHER, count=3, now=small.now())
    assert read_cards(small.db, held, people={})[0].why is None
    wanted = [one.id for one in held]
    assert read_held_whys(small.db, held, wanted) == {}
    explain(small, near=[2])
    assert list(read_held_whys(small.db, held, wanted)) == wanted
    assert read_held_whys(small.db, held, ()) == {}
    assert [one.by for one in read_cards(small.db, held, people={})[0].why.precedents] == ["import"]


@pytest.mark.parametrize("sign", ["w", "é", "返", "👍"])
def test_what_the_desk_is_sent_stays_under_a_kilobyte_whatever_the_item_is(tmp_path, sign):
    names = [f"{sign * 60} {n}" for n in range(12)]
    fields = (Field("id", Role.ID), *(Field(name, Role.TEXT) for name in names), Field("label", Role.LABEL))
    create_project(tmp_path, slug="long", name="L", fields=fields, class_names=["a", "b"], actor=LOCAL_OWNER, now=START)
    long = SmallProject.__new__(SmallProject)
    long.data_dir, long.slug, long.actor, long.clock, long.requests = tmp_path, "long", LOCAL_OWNER, START, 0
    long.db = open_project(tmp_path, "long")
    rows = [
        Row(
            n + 2, {"id": f"{sign * 100}{n}", **dict.fromkeys(names, sign * 19_900 + str(n)), "label": "a" if n else ""}
        )
        for n in range(4)
    ]
    staged = stage_rows(
        long.db, rows=rows, file_name="a", file_sha256="0" * 64, request_id="r", actor=LOCAL_OWNER, now=START
    )
    publish_import(long.db, import_id=staged, actor=LOCAL_OWNER, now=START)
    long.answer_with(dict.fromkeys(range(1, 5), (1, 0.6)))
    words = [[names[11 - n], 19_700, 19_800, -1.0] for n in range(12)]
    explain(long, words=words, fields=[[name, -1.0] for name in names[:5]], near=[2, 3, 4])
    (card,) = read_cards(long.db, claim(long.db, actor=OTHER, count=1, now=START), people={})
    assert (len(card.why.marks), len(card.why.precedents)) == (12, 3)
    sent = json.dumps(asdict(card.why), ensure_ascii=False, separators=(",", ":")).encode()
    assert len(sent) <= 1_000
