"""Reviewers who err as they say, and second looks by the product's rule, without its database."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench.fallible.loop import SecondLooks
from bench.fallible.reviewers import Reviewer, confusable, uniform
from bench.label_efficiency.sets import Labelled
from hitl.domain.second_look import SecondLookRule

ITEMS, CLASSES = 3_000, 3


@pytest.fixture(scope="module")
def labelled():
    """Three classes side by side: the middle one lies between the others."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES, ITEMS)
    features = (y[:, None] + rng.normal(0, 0.5, (ITEMS, 1))).astype(np.float32)
    nothing = pd.DataFrame()
    return Labelled("lines", (), nothing, nothing, features, features[:0], y, y[:0])


def wrong(labelled, kind, error, times=1):
    reviewer = Reviewer(labelled.y, *kind(labelled, error), seed=1)
    answers = [reviewer.answer(np.arange(ITEMS)) for _ in range(times)]
    return answers[-1] != labelled.y, answers[-1]


@pytest.mark.parametrize("kind", [uniform, confusable])
def test_the_share_given_is_wrong_over_all_items(labelled, kind):
    is_wrong, _answers = wrong(labelled, kind, 0.2)
    assert is_wrong.mean() == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("kind", [uniform, confusable])
def test_whoever_never_errs_is_always_right(labelled, kind):
    assert not wrong(labelled, kind, 0.0)[0].any()


def test_an_answer_depends_on_the_item_and_on_how_often_it_was_asked_alone(labelled):
    one, other = (Reviewer(labelled.y, *uniform(labelled, 0.3), seed=1) for _ in range(2))
    first = one.answer(np.arange(ITEMS))
    assert np.array_equal(other.answer(np.arange(ITEMS)[::-1])[::-1], first)
    assert not np.array_equal(one.answer(np.arange(ITEMS)), first)


def test_uniform_errors_fall_on_every_other_class(labelled):
    is_wrong, answers = wrong(labelled, uniform, 0.3)
    of_first = answers[is_wrong & (labelled.y == 0)]
    assert (of_first == 1).mean() == pytest.approx(0.5, abs=0.1)


def test_confusable_errors_fall_on_what_lies_near_and_on_hard_items(labelled):
    is_wrong, answers = wrong(labelled, confusable, 0.3)
    of_first = answers[is_wrong & (labelled.y == 0)]
    assert (of_first == 1).mean() > 0.95
    hard = np.clip(np.round(labelled.features[:, 0]), 0, CLASSES - 1) != labelled.y
    assert is_wrong[hard].mean() > 1.3 * is_wrong[~hard].mean()


def doubting(confidences):
    """A training whose labels have these out-of-fold probabilities: of two classes, the second for the first item."""
    given = np.array(confidences)
    y = (np.arange(len(given)) == 0).astype(np.int64)
    model = SimpleNamespace(class_ids=np.array([0, 1]))
    result = SimpleNamespace(model=model, oof_proba=np.column_stack([given, 1 - given]))
    return SimpleNamespace(result=result, set=SimpleNamespace(y=y))


def test_a_tenth_of_the_new_labels_goes_back_the_most_doubted_first():
    again, tandem = SecondLooks(SecondLookRule()), doubting([0.9] * 50 + [0.02, 0.001] + [0.01] * 8)
    again.judge(tandem, np.arange(60), decisions=60)
    assert [row for row, _doubt in again.waiting] == [51, 52, 53, 54, 55, 56]
    again.judge(tandem, np.arange(60), decisions=60)
    assert len(again.waiting) == 6


def test_labels_too_likely_right_stay_and_none_comes_back_twice():
    again, tandem = SecondLooks(SecondLookRule()), doubting([0.9] * 58 + [0.001, 0.4])
    again.judge(tandem, np.arange(60), decisions=60)
    again.waiting.clear()
    again.judge(tandem, np.arange(60), decisions=600)
    assert (again.waiting, again.final) == ([], {58})


def test_under_fifty_labels_none_is_doubted():
    again = SecondLooks(SecondLookRule())
    again.judge(doubting([0.9] * 39 + [0.001] * 10), np.arange(49), decisions=49)
    assert again.waiting == []


def test_what_was_looked_at_in_vain_closes_the_gate():
    again, tandem = SecondLooks(SecondLookRule(), found=[(0.9, False)] * 10), doubting([0.9] * 59 + [0.001])
    again.judge(tandem, np.arange(60), decisions=60)
    assert again.waiting == []


def test_a_second_look_changes_the_label_and_is_counted(labelled):
    again, tandem = SecondLooks(SecondLookRule(), waiting=[(2, 0.5), (7, 0.4)]), doubting([0.9] * ITEMS)
    tandem.set.y[:] = labelled.y
    tandem.set.y[2] = (labelled.y[2] + 1) % CLASSES
    looked = again.look(tandem, Reviewer(labelled.y, *uniform(labelled, 0.0), seed=0), most=20)
    assert (looked, again.found, again.waiting) == (2, [(0.5, True), (0.4, False)], [])
    assert tandem.set.y[2] == labelled.y[2]
