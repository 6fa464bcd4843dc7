"""hitl.adapters.text_embeddings: each text is encoded once, and fields get what their recipe names."""

import numpy as np
import pytest

from hitl.adapters import text_embeddings
from hitl.adapters.text_embeddings import TextEmbeddings, count_kept, erase_other_texts, fill_embeddings
from hitl.domain.errors import JobCancelled, NotFound
from hitl.domain.fields import Field, Role, embedded_fields
from tests.word_encoder import WordEncoder

TEXTS = (Field("title", Role.TEXT), Field("age", Role.NUMBER), Field("body", Role.TEXT))
ROWS = [
    {"title": "late parcel", "age": 1.0, "body": "it never came"},
    {"title": "late parcel", "age": 2.0, "body": None},
    {"title": " ", "age": 3.0},
]


@pytest.fixture
def words(monkeypatch):
    return WordEncoder().use(monkeypatch)


@pytest.fixture
def made():
    return embedded_fields(TEXTS, "words-1")


def test_each_text_is_encoded_once_and_never_again(tmp_path, words, made):
    first = TextEmbeddings(tmp_path, words.encoder).fill(ROWS, made)
    assert words.texts == ["late parcel", "it never came"]
    again = TextEmbeddings(tmp_path, words.encoder).fill(ROWS, made)
    assert len(words.texts) == 2
    title, body = (one.name for one in made)
    assert np.array_equal(first[0][title], first[1][title])
    assert all(np.array_equal(one[title], other[title]) for one, other in zip(first, again, strict=True))
    assert (first[0][body].shape, first[0][body].dtype) == ((16,), np.float32)
    assert [row["age"] for row in first] == [1.0, 2.0, 3.0]


def test_an_empty_or_missing_text_is_zeros_and_not_kept(tmp_path, words, made):
    filled = TextEmbeddings(tmp_path, words.encoder).fill(ROWS, made)
    assert not filled[1][made[1].name].any()
    assert not filled[2][made[0].name].any()
    assert count_kept(tmp_path, words.encoder) == 2


def test_half_precision_keeps_what_an_angle_needs(tmp_path, words):
    texts = [f"word{n} and word{n + 1}" for n in range(50)]
    kept = TextEmbeddings(tmp_path, words.encoder).vectors(texts)
    assert np.abs(kept - words.encode(texts)).max() < 5e-4


def test_broken_characters_are_encoded_like_others(tmp_path, words):
    vectors = TextEmbeddings(tmp_path, words.encoder).vectors(["\ud800 broken", "\x00\x1e", "नमस्ते"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)


def test_an_interrupted_one_goes_on_where_it_was(tmp_path, words, monkeypatch):
    monkeypatch.setattr(text_embeddings, "BATCH_TEXTS", 2)
    texts = [f"text {n}" for n in range(7)]

    def cancel(done, total):
        if done == 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        TextEmbeddings(tmp_path, words.encoder).keep(texts, tick=cancel)
    told = []
    TextEmbeddings(tmp_path, words.encoder).keep(texts, tick=lambda *share: told.append(share))
    assert words.texts == texts
    assert told == [(2, 3), (3, 3)]


def test_fields_of_several_encoders_are_filled_by_each(tmp_path, words, made, monkeypatch):
    newer = WordEncoder("2")
    monkeypatch.setattr("hitl.adapters.encoders.registry.ENCODERS", (newer.encoder, words.encoder))
    both = (*made, *embedded_fields(TEXTS[:1], "words-2"))
    [row] = fill_embeddings(tmp_path, both)(ROWS[:1])
    assert {name for name, value in row.items() if isinstance(value, np.ndarray)} == {one.name for one in both}
    assert (words.texts, newer.texts) == (["late parcel", "it never came"], ["late parcel"])


def test_another_version_of_an_encoder_is_never_asked_in_its_place(tmp_path, words):
    with pytest.raises(NotFound, match=r"words-0.*It has words-1\. Train a new version"):
        fill_embeddings(tmp_path, embedded_fields(TEXTS, "words-0"))


def test_rows_without_embedding_fields_are_left_alone(tmp_path):
    assert fill_embeddings(tmp_path, TEXTS)(ROWS) == ROWS
    assert not (tmp_path / "arrays").exists()


def test_what_no_item_says_any_more_is_erased(tmp_path, words):
    TextEmbeddings(tmp_path, words.encoder).keep(["stays", "goes", "stays too"])
    TextEmbeddings(tmp_path, WordEncoder("0").encoder).keep(["goes"])
    erase_other_texts(tmp_path, [["stays", ""], ["stays too", "never kept"]], words.encoder)
    words.texts.clear()
    TextEmbeddings(tmp_path, words.encoder).keep(["stays", "goes", "stays too"])
    assert words.texts == ["goes"]
    assert sorted(path.name for path in (tmp_path / "arrays").iterdir()) == ["texts-words-1.f2", "texts-words-1.keys"]
