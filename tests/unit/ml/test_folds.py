"""Folds, and subsets by class."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.model_selection import KFold

from hitl.ml.folds import balanced_rows, class_sorted_positions, shuffled_folds, stratified_rows

few = settings(max_examples=40, deadline=None)
labels = arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 9))
seeds = st.integers(0, 5)


def spread(counts):
    return int(counts.max() - counts.min())


@few
@given(n_items=st.integers(0, 60), n_folds=st.integers(2, 6), seed=seeds)
def test_folds_differ_by_one_item_at_most(n_items, n_folds, seed):
    folds = shuffled_folds(n_items, n_folds, seed)
    assert len(folds) == n_items
    assert spread(np.bincount(folds, minlength=n_folds)) <= 1


def test_fold_sizes_are_those_of_scikit_learn():
    theirs = [len(test) for _, test in KFold(5, shuffle=True, random_state=0).split(np.zeros(23))]
    assert np.bincount(shuffled_folds(23, 5, 0)).tolist() == theirs


def test_every_two_items_share_a_fold_as_often_as_chance_says():
    together = np.mean([folds[0] == folds[1] for folds in (shuffled_folds(10, 5, seed) for seed in range(2_000))])
    assert together == pytest.approx(1 / 9, abs=0.03)


def test_the_seed_decides():
    assert np.array_equal(shuffled_folds(40, 5, 3), shuffled_folds(40, 5, 3))
    assert not np.array_equal(shuffled_folds(40, 5, 3), shuffled_folds(40, 5, 4))


@few
@given(y=labels, seed=seeds)
def test_positions_are_a_permutation_sorted_by_class(y, seed):
    positions = class_sorted_positions(y, seed)
    assert sorted(positions.tolist()) == list(range(len(y)))
    assert np.all(np.diff(y[np.argsort(positions)]) >= 0)


@few
@given(y=labels, size=st.integers(1, 70), seed=seeds)
def test_a_stratified_subset_is_within_one_item_of_the_shares(y, size, seed):
    rows = stratified_rows(y, size, seed)
    assert len(rows) == min(size, len(y))
    assert np.all(np.diff(rows) > 0)
    wanted = np.bincount(y, minlength=10) * len(rows) / len(y)
    assert np.all(np.abs(np.bincount(y[rows], minlength=10) - wanted) < 1 + 1e-9)


@few
@given(y=labels, size=st.integers(1, 70), seed=seeds)
def test_a_balanced_subset_takes_from_a_big_class_only_when_small_ones_are_used_up(y, size, seed):
    rows = balanced_rows(y, size, seed)
    assert len(rows) == min(size, len(y))
    taken, there = np.bincount(y[rows], minlength=10), np.bincount(y, minlength=10)
    not_used_up = taken[taken < there]
    assert not len(not_used_up) or taken.max() - not_used_up.min() <= 1
