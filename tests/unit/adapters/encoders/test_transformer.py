"""The forward pass equals one written out for a token at a time, in float64 and with the formulas of the papers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.adapters.encoders.transformer import Transformer, gelu, softmax

SIZE, INNER, HEADS, LAYERS, WORDS, PLACES = 12, 20, 3, 2, 30, 16


def linear(rng, inputs, outputs):
    return rng.normal(size=(outputs, inputs)), rng.normal(size=outputs)


@pytest.fixture(scope="module")
def weights():
    """Small random weights by the names that BERT's files have."""
    rng = np.random.default_rng(3)
    made = {
        "embeddings.word_embeddings.weight": rng.normal(size=(WORDS, SIZE)),
        "embeddings.position_embeddings.weight": rng.normal(size=(PLACES, SIZE)),
        "embeddings.token_type_embeddings.weight": rng.normal(size=(2, SIZE)),
    }
    for layer in range(LAYERS):
        parts = {f"attention.self.{name}": linear(rng, SIZE, SIZE) for name in ("query", "key", "value")}
        parts["attention.output.dense"] = linear(rng, SIZE, SIZE)
        parts["intermediate.dense"] = linear(rng, SIZE, INNER)
        parts["output.dense"] = linear(rng, INNER, SIZE)
        parts["attention.output.LayerNorm"] = parts["output.LayerNorm"] = (rng.normal(size=SIZE), rng.normal(size=SIZE))
        for name, (weight, bias) in parts.items():
            made[f"encoder.layer.{layer}.{name}.weight"], made[f"encoder.layer.{layer}.{name}.bias"] = weight, bias
    made |= {f"embeddings.LayerNorm.{kind}": rng.normal(size=SIZE) for kind in ("weight", "bias")}
    return {name: value.astype(np.float32) for name, value in made.items()}


class WrittenOut:
    """The same model, a token and a head at a time."""

    def __init__(self, weights):
        self.weights = {name: value.astype(np.float64) for name, value in weights.items()}

    def of(self, name, vector):
        return self.weights[f"{name}.weight"] @ vector + self.weights[f"{name}.bias"]

    def norm(self, name, vector):
        spread = math.sqrt(sum((one - vector.mean()) ** 2 for one in vector) / len(vector) + 1e-12)
        return (vector - vector.mean()) / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def attend(self, layer, states):
        query, key, value = (
            [self.of(f"{layer}.attention.self.{one}", s) for s in states] for one in ("query", "key", "value")
        )
        width = SIZE // HEADS
        seen = []
        for token in range(len(states)):
            heads = []
            for head in range(HEADS):
                part = slice(head * width, (head + 1) * width)
                weighed = [math.exp(query[token][part] @ one[part] / math.sqrt(width)) for one in key]
                heads.append(sum(w * one[part] for w, one in zip(weighed, value, strict=True)) / sum(weighed))
            seen.append(np.concatenate(heads))
        return seen

    def encode(self, token_ids):
        tables = [self.weights[f"embeddings.{one}_embeddings.weight"] for one in ("word", "position", "token_type")]
        states = [tables[0][word] + tables[1][place] + tables[2][0] for place, word in enumerate(token_ids)]
        states = [self.norm("embeddings.LayerNorm", one) for one in states]
        for layer in (f"encoder.layer.{number}" for number in range(LAYERS)):
            seen = [self.of(f"{layer}.attention.output.dense", one) for one in self.attend(layer, states)]
            states = [
                self.norm(f"{layer}.attention.output.LayerNorm", a + b) for a, b in zip(states, seen, strict=True)
            ]
            inner = [self.of(f"{layer}.intermediate.dense", one) for one in states]
            inner = [np.array([x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in one]) for one in inner]
            outer = [self.of(f"{layer}.output.dense", one) for one in inner]
            states = [self.norm(f"{layer}.output.LayerNorm", a + b) for a, b in zip(states, outer, strict=True)]
        mean = sum(states) / len(states)
        return mean / math.sqrt(mean @ mean)


TEXTS = st.lists(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=PLACES), min_size=1, max_size=6)


@settings(max_examples=25, deadline=None)
@given(token_ids=TEXTS)
def test_it_equals_the_model_written_out(weights, token_ids):
    found = Transformer(weights, heads=HEADS).encode(token_ids)
    assert found.dtype == np.float32
    expected = np.array([WrittenOut(weights).encode(one) for one in token_ids])
    assert np.abs(found - expected).max() < 2e-5


def test_equal_texts_and_texts_of_other_lengths_do_not_disturb_each_other(weights):
    transformer = Transformer(weights, heads=HEADS)
    long, short = list(range(PLACES)), [4, 2]
    alone = transformer.encode([short])[0]
    beside = transformer.encode([long, short, long, short])
    assert np.abs(beside[[1, 3]] - alone).max() < 1e-6
    assert np.abs(beside[[0, 2]] - transformer.encode([long])[0]).max() < 1e-6


def test_the_given_weights_are_left_as_they_were(weights):
    before = set(weights)
    assert Transformer(weights, heads=HEADS).dimension == SIZE
    assert set(weights) == before


def test_gelu_far_out_is_nothing_or_the_number_itself():
    assert gelu(np.array([-20.0, 20.0], dtype=np.float32)).tolist() == [0.0, 20.0]


def test_softmax_bears_large_scores():
    assert softmax(np.array([[1e4, 1e4], [0.0, 1e4]], dtype=np.float32)).tolist() == [[0.5, 0.5], [0.0, 1.0]]
