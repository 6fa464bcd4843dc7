"""Query strategies: which item a person sees first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax
from scipy.stats import entropy

from hitl.domain.errors import NotFound
from hitl.ml.strategies.registry import STRATEGIES, strategy

SURE, TORN, TWO_WAY = [0.9, 0.05, 0.05], [0.34, 0.33, 0.33], [0.5, 0.49, 0.01]
PROBA = np.array([SURE, TORN, TWO_WAY])
NOVELTY = np.array([0.1, 0.2, 0.9])
scores = arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(2, 4)), elements=st.floats(-8, 8))


def order(name, proba=PROBA, novelty=NOVELTY, seed=0):
    return np.argsort(strategy(name).priority(proba, novelty, np.random.default_rng(seed)), kind="stable").tolist()


@pytest.mark.parametrize(
    ("name", "first"),
    [("margin", [1, 2, 0]), ("entropy", [1, 2, 0]), ("least_confident", [1, 2, 0]), ("novel", [2, 1, 0])],
)
def test_the_least_certain_comes_first(name, first):
    assert order(name) == first


def test_margin_and_entropy_disagree_where_they_should():
    two_way, spread = [0.5, 0.5, 0.0], [0.5, 0.25, 0.25]
    assert order("margin", np.array([spread, two_way]), np.zeros(2)) == [1, 0]
    assert order("entropy", np.array([spread, two_way]), np.zeros(2)) == [0, 1]


@settings(max_examples=25, deadline=None)
@given(scores=scores)
def test_entropy_is_that_of_scipy(scores):
    proba = softmax(scores, axis=1)
    ours = strategy("entropy").priority(proba, np.zeros(len(proba)), np.random.default_rng(0))
    assert 1 - ours == pytest.approx(entropy(proba, axis=1, base=proba.shape[1]) if proba.shape[1] > 1 else 0.0)


@settings(max_examples=15, deadline=None)
@given(scores=scores, name=st.sampled_from(sorted(STRATEGIES)))
def test_every_strategy_gives_every_item_a_priority_in_the_same_range(scores, name):
    proba = softmax(scores, axis=1)
    priority = strategy(name).priority(proba, np.linspace(0, 0.9, len(proba)), np.random.default_rng(0))
    assert priority.shape == (len(proba),)
    assert np.all((priority >= 0) & (priority <= 1))


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_no_items_are_no_error(name):
    assert strategy(name).priority(np.empty((0, 3)), np.empty(0), np.random.default_rng(0)).shape == (0,)


def test_chance_depends_on_the_seed_alone():
    assert order("random", seed=4) == order("random", seed=4)


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(NotFound, match=r"no query strategy 'best'.*default, diverse_margin, typical, margin"):
        strategy("best")
