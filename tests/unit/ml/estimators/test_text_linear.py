"""Word and character n-grams with linear machines."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from hitl.domain.fields import Field, Role
from hitl.ml.estimators import text_linear
from hitl.ml.estimators.text_linear import TEXT_LINEAR, build, candidates, encode, suits
from hitl.ml.inputs import prepare_inputs
from tests.unit.ml.small_data import MIXED, TABLE, TEXT, messages, mixed

PARAMETERS = {"C": 1.0, "class_weight": None}


def dense(features):
    return features.toarray() if sp.issparse(features) else features


@pytest.mark.parametrize(("make", "fields"), [(messages, TEXT), (mixed, MIXED)])
@pytest.mark.parametrize("limit", [20_000, 60])
def test_fold_features_are_those_of_the_pipelines_own_step(monkeypatch, make, fields, limit):
    monkeypatch.setitem(text_linear.WORDS, "max_features", limit)
    monkeypatch.setitem(text_linear.CHARACTERS, "max_features", limit)
    inputs, _ = make(60)
    train_rows, test_rows = np.arange(0, 60, 2), np.arange(1, 60, 2)
    ours = encode(inputs, fields)(train_rows, test_rows)
    columns = build(fields, PARAMETERS, 0)["columns"]
    theirs = columns.fit_transform(inputs.iloc[train_rows]), columns.transform(inputs.iloc[test_rows])
    for our_part, their_part in zip(ours, theirs, strict=True):
        assert dense(our_part) == pytest.approx(dense(their_part), abs=1e-12)


def test_words_are_read_alone_and_in_pairs_and_characters_by_three_to_five():
    columns = build(TEXT, PARAMETERS, 0)["columns"].fit(prepare_inputs(pd.DataFrame({"text": ["lost card"] * 2}), TEXT))
    words, characters = (block.get_feature_names_out().tolist() for _, block, _ in columns.transformers_)
    assert set(words) == {"lost", "card", "lost card"}
    assert {len(ngram) for ngram in characters} == {3, 4, 5}
    assert " card" in characters


def test_two_text_columns_are_read_apart():
    fields = (Field("subject", Role.TEXT), Field("body", Role.TEXT))
    inputs = prepare_inputs(pd.DataFrame({"subject": ["card", "loan"], "body": ["loan", "card"]}), fields)
    features = dense(build(fields, PARAMETERS, 0)["columns"].fit_transform(inputs))
    assert not np.allclose(features[0], features[1])


def test_a_column_of_empty_texts_is_no_error():
    inputs = prepare_inputs(pd.DataFrame({"text": ["", "?"]}), TEXT)
    assert build(TEXT, PARAMETERS, 0)["columns"].fit_transform(inputs).shape[0] == 2


def test_one_text_is_enough_to_suit():
    assert suits(TEXT)
    assert suits(MIXED)
    assert not suits(TABLE)


@pytest.mark.parametrize(("n_classes", "count"), [(2, 6), (77, 4)])
def test_candidates_weigh_classes_evenly_or_not_and_start_with_the_simplest(n_classes, count):
    found = candidates(200, n_classes)
    assert len(found) == count
    assert {one["class_weight"] for one in found} == {None, "balanced"}
    assert [one["C"] for one in found] == sorted(one["C"] for one in found)


def test_its_name_is_for_ever():
    assert TEXT_LINEAR.name == "text_linear"
