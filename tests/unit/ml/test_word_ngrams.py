"""Remembering words changes no bit of the features."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from hitl.domain.fields import Field, Role
from hitl.ml import word_ngrams
from hitl.ml.estimators.tabular_linear import TABULAR_LINEAR
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.inputs import prepare_inputs
from hitl.ml.word_ngrams import quicker_columns

FIELDS = (Field("text", Role.TEXT), Field("price", Role.NUMBER), Field("plan", Role.CATEGORY))
TEXTS = ["My parcel is late", "refund the money, please", "ÄÖÜ straße İstanbul \u2003 ﬁsh", "late late LATE", "a", ""]


def frame(texts):
    rows = [{"text": text, "price": n, "plan": "ab"[n % 2]} for n, text in enumerate(texts)]
    return prepare_inputs(pd.DataFrame(rows), FIELDS)


@pytest.fixture(scope="module")
def fitted():
    columns = TEXT_LINEAR.build(FIELDS, {"C": 1.0, "class_weight": None}, 0)["columns"]
    columns.fit(frame(TEXTS * 2))
    return columns


def same(left, right):
    return (
        left.shape == right.shape
        and left.dtype == right.dtype
        and np.array_equal(left.indptr, right.indptr)
        and np.array_equal(left.indices, right.indices)
        and np.array_equal(left.data, right.data)
    )


def test_the_features_are_the_same_bits(fitted):
    inputs = frame([*TEXTS, "a new parcel of money late", " \t\n "])
    assert same(quicker_columns(fitted).transform(inputs), fitted.transform(inputs))


@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.text(max_size=40) | st.sampled_from(TEXTS), min_size=1, max_size=8))
def test_they_are_whatever_the_texts_hold(fitted, texts):
    inputs = frame(texts)
    assert same(quicker_columns(fitted).transform(inputs), fitted.transform(inputs))


def test_words_are_forgotten_when_there_are_too_many(fitted, monkeypatch):
    monkeypatch.setattr(word_ngrams, "MOST_WORDS", 2)
    inputs = frame(TEXTS)
    assert same(quicker_columns(fitted).transform(inputs), fitted.transform(inputs))


def test_the_step_of_the_model_stays_as_it_is(fitted):
    quicker_columns(fitted).transform(frame(TEXTS))
    assert {type(step) for _, step, _ in fitted.transformers_} & {TfidfVectorizer}
    assert not any("_known_words" in vars(step) for _, step, _ in fitted.transformers_ if hasattr(step, "__dict__"))


def test_a_step_without_texts_is_used_as_it_is():
    fields = FIELDS[1:]
    columns = TABULAR_LINEAR.build(fields, {"C": 1.0, "class_weight": None}, 0)["columns"]
    inputs = frame(TEXTS)[["price", "plan"]]
    columns.fit(inputs)
    assert np.array_equal(quicker_columns(columns).transform(inputs), columns.transform(inputs))
