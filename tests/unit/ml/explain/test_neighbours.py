"""The decided items that are nearest to an item."""

import pandas as pd
import pytest

from hitl.ml.explain.neighbours import build_neighbourhood, find_nearest
from hitl.ml.inputs import prepare_inputs
from tests.unit.ml.small_data import TABLE, TEXT, measurements, messages, train


@pytest.fixture(scope="module")
def text_model():
    return train(*messages(120)).model


def texts(*values):
    return prepare_inputs(pd.DataFrame({"text": list(values)}), TEXT)


def nearest(model, inputs, decided, *, keys, groups=None, own=None):
    around = build_neighbourhood(model, decided, keys, groups or keys)
    return find_nearest(model, inputs, own or [-1] * len(inputs), around)


def test_the_nearest_come_first_and_what_is_not_alike_not_at_all(text_model):
    decided = texts("my card was lost", "the lost card", "transfer pending", "refund of the order", "lost card again")
    found = nearest(text_model, texts("the lost card"), decided, keys=[10, 11, 12, 13, 14])
    assert found[0][0] == 11
    assert set(found[0]) == {10, 11, 14}


def test_equally_near_ones_come_by_their_key_whatever_their_order(text_model):
    one = nearest(text_model, texts("lost card"), texts("lost card", "lost card", "lost card"), keys=[9, 3, 5])
    assert one == [(3, 5, 9)]


def test_an_items_own_group_is_no_precedent_and_no_group_is_one_twice(text_model):
    decided = texts("lost card", "lost card", "lost card please", "lost card help")
    found = nearest(text_model, texts("lost card"), decided, keys=[1, 2, 3, 4], groups=[7, 8, 8, 9], own=[7])
    assert found == [(2, 4)]


def test_numbers_and_categories_are_compared_on_one_scale():
    model = train(*measurements(200), TABLE).model
    decided = prepare_inputs(
        pd.DataFrame({"size": [2.0, 2.1, -2.0], "weight": [1.0, 1.0, 1.0], "shop": ["B", "B", "A"]}), TABLE
    )
    inputs = prepare_inputs(pd.DataFrame({"size": [2.05], "weight": [1.0], "shop": ["B"]}), TABLE)
    assert set(nearest(model, inputs, decided, keys=[1, 2, 3])[0]) == {1, 2}


def test_without_decided_items_there_are_none(text_model):
    assert nearest(text_model, texts("lost card"), texts().iloc[:0], keys=[]) == [()]
