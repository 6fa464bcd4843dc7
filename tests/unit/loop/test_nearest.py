"""The nearest items are found by what their texts mean, among those that fit and from the texts that people see."""

import threading

import numpy as np
import pytest

from hitl.adapters.text_embeddings import TextEmbeddings
from hitl.domain.covers import Cover
from hitl.domain.errors import BadInput, NotFound, NotReady
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Field, Role
from hitl.domain.people import LOCAL_OWNER, SYSTEM
from hitl.domain.rows import Row
from hitl.loop import nearest
from hitl.loop.encode import choose_encoder, encode_items, set_encoder
from hitl.loop.ingest import publish_import, stage_rows
from hitl.loop.nearest import can_compare, nearest_to_item, nearest_to_sentence
from hitl.loop.privacy import cover_fields
from hitl.loop.projects import create_project
from hitl.loop.redact import RedactionOrder, finish_redactions, redact_item
from hitl.store.connection import open_project, open_tandem
from tests.small_project import START, SmallProject
from tests.word_encoder import WordEncoder

ALL = ExploreFilter()
TEXTS = ("late parcel", "late parcel again", "card declined", "card declined at the till")


@pytest.fixture(autouse=True)
def words(monkeypatch):
    monkeypatch.setattr(nearest, "_HELD", type(nearest._HELD)())
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def small(tmp_path):
    """Items 1 to 4 with ``TEXTS``, encoded; the first is labelled."""
    small = SmallProject(tmp_path, rows=0)
    small.add_rows([(f"t{n}", text, "yes" if n == 1 else "") for n, text in enumerate(TEXTS, start=1)])
    encode(small)
    return small


def encode(small):
    encode_items(small.db, small.folder, now=small.now())


def by_sentence(small, sentence, chosen=ALL):
    return nearest_to_sentence(small.db, small.folder, sentence, chosen=chosen).similarities


def by_item(small, external_id, chosen=ALL):
    return nearest_to_item(small.db, small.folder, external_id, chosen=chosen).similarities


def first(found):
    return next(iter(found))


def cosine(words, one, other):
    first, second = words.encode([one, other])
    return float(first @ second)


def test_the_nearest_come_first_with_their_cosine(small, words):
    found = by_sentence(small, "late parcel")
    assert list(found)[:2] == [1, 2]
    assert found[1] == pytest.approx(1, abs=1e-3)
    assert found[2] == pytest.approx(cosine(words, "late parcel", TEXTS[1]), abs=1e-3)


def test_what_is_listed_fits_the_filters_as_well(small):
    assert first(by_sentence(small, "late parcel", ExploreFilter(unanswered=True))) == 2
    assert by_sentence(small, "late parcel", ExploreFilter(text="nowhere")) == {}


def test_an_item_finds_others_and_not_itself(small):
    found = by_item(small, "t3")
    assert first(found) == 4
    assert 3 not in found


def test_no_more_are_listed_than_are_read_and_equals_keep_the_order_of_import(small, monkeypatch):
    small.add_rows([(f"n{n}", "late parcel", "") for n in range(4)])
    encode(small)
    monkeypatch.setattr(nearest, "MOST_NEAREST", 3)
    assert list(by_sentence(small, "late parcel")) == [1, 5, 6]


def test_items_that_come_later_are_found_as_soon_as_they_are_read(small):
    by_sentence(small, "late parcel")
    small.add_rows([("n1", "late parcel", "")])
    with pytest.raises(NotReady, match="once all texts are read"):
        by_sentence(small, "late parcel")
    encode(small)
    assert list(by_sentence(small, "late parcel"))[:2] == [1, 5]


def test_files_that_were_made_anew_in_another_order_mislead_nobody(small, words):
    by_sentence(small, "late parcel")
    for path in (small.folder / "arrays").iterdir():
        path.unlink()
    TextEmbeddings(small.folder, words.encoder).keep(list(reversed(TEXTS)))
    encode(small)
    assert first(by_sentence(small, "late parcel")) == 1
    assert first(by_sentence(small, "card declined")) == 3


def test_a_redacted_item_is_near_to_nothing(small):
    by_sentence(small, "late parcel")
    tandem, who = open_tandem(small.data_dir), {"actor": small.actor, "now": small.now()}
    redact_item(small.db, tandem, slug=small.slug, order=RedactionOrder("t1", "asked to"), request_id="r", **who)
    finish_redactions(small.db, tandem, small.data_dir, slug=small.slug, actor=SYSTEM, now=small.now())
    tandem.conn.close()
    assert 1 not in by_sentence(small, "late parcel")


@pytest.mark.parametrize("cover", list(Cover))
def test_a_text_that_people_do_not_see_is_compared_for_nobody(small, cover):
    cover_fields(small.db, {"text": cover}, actor=LOCAL_OWNER, now=small.now())
    assert not can_compare(small.db)
    for search in (lambda: by_sentence(small, "late parcel"), lambda: by_item(small, "t1")):
        with pytest.raises(NotReady, match="none that people see"):
            search()


def test_of_several_texts_hidden_ones_are_left_out(tmp_path):
    fields = (Field("id", Role.ID), Field("title", Role.TEXT), Field("body", Role.TEXT))
    how = {"actor": LOCAL_OWNER, "now": START}
    create_project(tmp_path, slug="two", name="Two", fields=fields, class_names=("yes", "no"), audit_rate=0.0, **how)
    db, folder = open_project(tmp_path, "two"), tmp_path / "projects" / "two"
    rows = [("a", "late parcel", "secret word"), ("b", "card declined", "late parcel"), ("c", "", "secret word")]
    named = [Row(n, dict(zip(("id", "title", "body"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    import_id = stage_rows(db, rows=named, file_name="f.csv", file_sha256="0" * 64, request_id="i", **how)
    publish_import(db, import_id=import_id, **how)
    encode_items(db, folder, now=START)
    found = nearest_to_sentence(db, folder, "late parcel", chosen=ALL).similarities
    assert {one for one, share in found.items() if share > 0.999} == {1, 2}
    cover_fields(db, {"body": Cover.HIDDEN}, **how)
    found = nearest_to_sentence(db, folder, "late parcel", chosen=ALL).similarities
    assert {one for one, share in found.items() if share > 0.999} == {1}
    assert nearest_to_sentence(db, folder, "secret word", chosen=ALL).similarities.get(3) is None
    with pytest.raises(BadInput, match="no text that could be compared"):
        nearest_to_item(db, folder, "c", chosen=ALL)


def test_where_reading_is_turned_off_it_says_who_turns_it_on(small):
    set_encoder(small.db, is_on=False, actor=LOCAL_OWNER, now=small.now())
    with pytest.raises(NotReady, match="A lead can turn it on"):
        by_sentence(small, "late parcel")


def test_what_can_not_be_compared_is_said(small):
    with pytest.raises(BadInput, match="Nothing can be compared"):
        by_sentence(small, " ")
    with pytest.raises(NotFound, match="There is no item nobody"):
        by_item(small, "nobody")


def test_many_threads_may_search_at_once(small):
    found = []

    def search():
        db = open_project(small.data_dir, small.slug)
        found.append(list(nearest_to_sentence(db, small.folder, "late parcel", chosen=ALL).similarities))
        db.conn.close()

    threads = [threading.Thread(target=search) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(one == found[0] for one in found)


def test_a_long_file_is_compared_in_blocks(small, monkeypatch, words):
    expected = by_sentence(small, "late parcel")
    monkeypatch.setattr("hitl.adapters.kept_vectors._COMPARED_AT_ONCE", 2)
    assert by_sentence(small, "late parcel") == pytest.approx(expected, abs=1e-6)
    kept = TextEmbeddings(small.folder, words.encoder)
    assert kept.similarities(np.eye(16, dtype=np.float32)).shape == (4, 16)


def test_after_another_encoder_was_chosen_its_embeddings_are_compared(small, words, monkeypatch):
    by_sentence(small, "late parcel")
    words.use(monkeypatch, WordEncoder(name="others"))
    choose_encoder(small.db, name="others", actor=LOCAL_OWNER, now=small.now())
    with pytest.raises(NotReady):
        by_sentence(small, "late parcel")
    small.add_rows([("t0", "late parcel", "")])
    encode(small)
    found = by_sentence(small, "late parcel")
    assert list(found)[:2] == [1, 5]
    assert [round(found[one], 3) for one in (1, 5)] == [1.0, 1.0]
