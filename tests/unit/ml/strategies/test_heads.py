"""The head of the queue: items chosen from many together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.ml.strategies import typical
from hitl.ml.strategies.contract import BATCH, Waiting, still_finds_classes
from hitl.ml.strategies.registry import STRATEGIES

HEADS = {name: one.head for name, one in STRATEGIES.items() if one.head is not None}
DIRECTIONS = 8


def waiting(n_items, *, labelled=(), class_ids=None, priority=None, novelty=None, seed=0, counts=None):
    """Items around eight directions; `labelled` ones are taken out and known."""
    rng = np.random.default_rng(seed)
    found = np.repeat(np.arange(DIRECTIONS), counts) if counts else rng.integers(DIRECTIONS, size=n_items)
    points = np.eye(DIRECTIONS)[found] + rng.normal(scale=0.05, size=(len(found), DIRECTIONS))
    points = points.astype(np.float32)
    labelled = np.array(labelled, dtype=np.int64)
    classes = found[labelled] if class_ids is None else np.array(class_ids, dtype=np.int64)
    whole = Waiting(
        features=points,
        priority=np.full(len(points), 0.5) if priority is None else np.asarray(priority, dtype=np.float64),
        novelty=np.zeros(len(points)) if novelty is None else np.asarray(novelty, dtype=np.float64),
        labelled_features=points[labelled],
        labelled_class_ids=classes.astype(np.int64),
    )
    return whole, found


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(sorted(HEADS)),
    n_items=st.integers(1, 90),
    count=st.integers(1, 60),
    known=st.integers(0, 40),
    equal=st.booleans(),
)
def test_a_head_is_so_many_different_items(name, n_items, count, known, equal):
    whole, _found = waiting(n_items)
    features = np.zeros_like(whole.features) if equal else whole.features
    rng = np.random.default_rng(1)
    some = Waiting(
        features, rng.random(n_items), rng.random(n_items), features[:known], np.arange(min(known, n_items)) % 3
    )
    rows = HEADS[name](some, count, 0)
    assert len(rows) == len(set(rows.tolist())) == min(count, n_items)
    assert rows.min() >= 0
    assert rows.max() < n_items


@pytest.mark.parametrize("name", sorted(HEADS))
def test_the_seed_alone_decides(name):
    whole, _found = waiting(300)
    assert HEADS[name](whole, 30, 5).tolist() == HEADS[name](whole, 30, 5).tolist()


def test_typical_items_cover_what_there_is_before_they_repeat_it():
    whole, found = waiting(0, counts=[200, 100, 60, 40, 30, 20, 20, 20])
    first = HEADS["typical"](whole, DIRECTIONS, 0)
    assert len(set(found[first].tolist())) >= DIRECTIONS - 1


def test_typical_items_lie_in_the_middle_of_their_cluster():
    whole, found = waiting(400)
    first = HEADS["typical"](whole, BATCH, 0)
    centres = np.array([whole.features[found == one].mean(axis=0) for one in range(DIRECTIONS)])
    distances = np.linalg.norm(whole.features - centres[found], axis=1)
    assert distances[first].mean() < distances.mean()


def test_what_is_labelled_is_not_covered_again():
    _whole, found = waiting(400)
    labelled = [int(np.flatnonzero(found == one)[0]) for one in range(DIRECTIONS - 2)]
    known, _found = waiting(400, labelled=labelled)
    first = HEADS["typical"](known, 2, 0)
    assert set(found[first].tolist()) <= {DIRECTIONS - 2, DIRECTIONS - 1}


@pytest.mark.parametrize("name", sorted(HEADS))
@pytest.mark.parametrize("known", [0, 40])
def test_where_nothing_waits_nothing_is_chosen(name, known):
    whole, _found = waiting(40)
    none = np.empty(0)
    left = Waiting(whole.features[:0], none, none, whole.features[:known], np.arange(known) % 2)
    assert HEADS[name](left, BATCH, 0).tolist() == []


def test_more_labels_than_clusters_leave_typical_items_to_ask(monkeypatch):
    monkeypatch.setattr(typical, "MOST_CLUSTERS", 30)
    whole, _found = waiting(300, labelled=range(60), class_ids=range(60))
    first = HEADS["typical"](whole, 2 * BATCH, 0)
    assert len(set(first.tolist())) == 2 * BATCH


def test_diverse_items_are_doubtful_and_differ():
    doubtful = np.where(np.arange(1_000) < 200, 0.1, 0.9)
    whole, found = waiting(1_000, priority=doubtful)
    first = HEADS["diverse_margin"](whole, BATCH, 0)
    assert np.all(first < 200)
    assert len(set(found[first].tolist())) == DIRECTIONS


def test_the_more_doubtful_batch_comes_first():
    whole, _found = waiting(1_000, priority=np.linspace(0, 1, 1_000))
    first = HEADS["diverse_margin"](whole, 10 * BATCH, 0)
    assert whole.priority[first[:BATCH]].mean() < whole.priority[first[-BATCH:]].mean()


def test_the_default_looks_for_classes_until_they_are_known_and_asks_about_doubt_then():
    priority = np.linspace(0, 1, 600)
    fresh, _found = waiting(600, labelled=range(20), class_ids=range(20), priority=priority)
    assert HEADS["default"](fresh, BATCH, 3).tolist() == HEADS["typical"](fresh, BATCH, 3).tolist()
    known, _found = waiting(600, labelled=range(40), class_ids=[1, 2] * 20, priority=priority)
    chosen, diverse = (HEADS[name](known, BATCH, 3).tolist() for name in ("default", "diverse_margin"))
    assert chosen[: BATCH - 1] == diverse[: BATCH - 1]


@pytest.mark.parametrize("strange_are_sure", [True, False])
def test_the_default_asks_for_all_that_waits_however_few_are_left(strange_are_sure):
    rng = np.random.default_rng(0)
    for n_items in (1, 19, 20, 21, *range(38, 42), *range(58, 62), 79, 199):
        priority = rng.random(n_items)
        novelty = priority if strange_are_sure else rng.random(n_items)
        whole, _found = waiting(n_items)
        left = Waiting(whole.features, priority, novelty, whole.features[:1].repeat(40, axis=0), np.arange(40) % 2)
        assert sorted(HEADS["default"](left, 200, 0).tolist()) == list(range(n_items))


def test_each_batch_of_the_default_ends_with_the_strangest_item():
    novelty = np.linspace(0, 0.9, 600)
    known, _found = waiting(600, labelled=range(40), class_ids=[1, 2] * 20, novelty=novelty)
    chosen = HEADS["default"](known, 2 * BATCH, 0)
    assert chosen[[BATCH - 1, 2 * BATCH - 1]].tolist() == [599, 598]


@pytest.mark.parametrize(
    ("class_ids", "expected"),
    [
        ([], True),
        ([1] * 5, False),
        ([1, 2, 3], True),
        ([1, 2] * 10, False),
        (list(range(40)), True),
        (list(range(20)) * 3, False),
        (list(range(20)) + [0] * 20, False),
    ],
)
def test_classes_are_being_found_while_new_ones_come_and_most_are_rare(class_ids, expected):
    assert still_finds_classes(np.array(class_ids, dtype=np.int64)) is expected
