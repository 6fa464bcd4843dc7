"""What words and values add to the scores of linear classifiers, with weights that are known."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import scaled_blocks
from hitl.ml.estimators.text_linear import CHARACTERS, WORDS
from hitl.ml.explain.linear import character_weights, linear_blocks, value_weights, weight_differences

TEXTS = ["pay the bill", "pay twice the bill", "lost my password", "password lost twice"]


def fitted(vectorizer, texts=TEXTS):
    """A pipeline of one text block with a classifier whose weights the test gives."""
    columns = ColumnTransformer([("words", vectorizer, "text")], sparse_threshold=1.0)
    features = columns.fit_transform(pd.DataFrame({"text": texts}))
    classifier = LogisticRegression().fit(features, [0, 0, 1, 1])
    return Pipeline([("columns", columns), ("classifier", classifier)])


def weigh(pipeline, text, weights):
    (block,) = linear_blocks(pipeline)
    features = pipeline["columns"].transform(pd.DataFrame({"text": [text]}))
    return character_weights(block, text, features, weights), features


def test_a_word_gets_its_weight_times_its_value_spread_over_its_characters():
    pipeline = fitted(TfidfVectorizer(use_idf=False, norm=None, token_pattern=r"\w+"))
    known = pipeline["columns"].named_transformers_["words"].vocabulary_
    weights = np.zeros(len(known))
    weights[known["bill"]], weights[known["pay"]] = 2.0, -3.0
    added, _ = weigh(pipeline, "pay a bill", weights)
    assert added.tolist() == pytest.approx([-1.0] * 3 + [0.0] * 3 + [0.5] * 4)


def test_a_pair_of_words_is_shared_by_both_and_a_repeated_word_by_its_places():
    pipeline = fitted(TfidfVectorizer(use_idf=False, norm=None, ngram_range=(1, 2), token_pattern=r"\w+"))
    known = pipeline["columns"].named_transformers_["words"].vocabulary_
    weights = np.zeros(len(known))
    weights[known["the bill"]] = 7.0
    added, _ = weigh(pipeline, "the bill", weights)
    assert added[:3].sum() == pytest.approx(3.0)
    assert added[4:].sum() == pytest.approx(4.0)
    weights[:] = 0.0
    weights[known["bill"]] = 1.0
    added, _ = weigh(pipeline, "bill bill", weights)
    assert (added[:4].sum(), added[5:].sum()) == pytest.approx((1.0, 1.0))


def test_characters_are_attributed_to_the_words_that_hold_them():
    pipeline = fitted(TfidfVectorizer(use_idf=False, norm=None, analyzer="char_wb", ngram_range=(3, 3)))
    known = pipeline["columns"].named_transformers_["words"].vocabulary_
    weights = np.zeros(len(known))
    weights[known["bil"]], weights[known[" pa"]] = 3.0, 4.0
    added, _ = weigh(pipeline, "pay bill", weights)
    assert added.tolist() == pytest.approx([2.0, 2.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0])


@cache
def of_all_scripts(ngram_range):
    options = next(one for one in (WORDS, CHARACTERS) if one["ngram_range"] == ngram_range)
    return fitted(TfidfVectorizer(sublinear_tf=True, **options), [*TEXTS[:3], "İst ΣΑΣ 返金 a password lost twice"])


@settings(max_examples=40, deadline=None)
@given(
    text=st.lists(st.sampled_from(["Pay", "bill!", "İst", "twice,", "a", "lost  ", "\n", "ΣΑΣ", "返金"]), max_size=12)
)
@pytest.mark.parametrize("options", [WORDS, CHARACTERS], ids=["words", "characters"])
def test_the_characters_together_add_what_the_features_add(options, text):
    pipeline = of_all_scripts(options["ngram_range"])
    weights = np.random.default_rng(0).normal(size=len(pipeline["columns"].get_feature_names_out()))
    text = " ".join(text)
    added, features = weigh(pipeline, text, weights)
    assert len(added) == len(text)
    if text:
        assert added.sum() == pytest.approx(float((features @ weights)[0]), abs=1e-9)


def test_values_add_weight_times_value_to_their_fields():
    fields = [Field("age", Role.NUMBER), Field("size", Role.NUMBER), Field("plan", Role.CATEGORY)]
    rows = pd.DataFrame({"age": [1.0, 3.0, np.nan, 2.0], "size": [0.0, 1.0, 2.0, 3.0], "plan": ["a", "b", "a", "c"]})
    columns = ColumnTransformer(scaled_blocks(fields), sparse_threshold=0.0)
    features = columns.fit_transform(rows)
    classifier = LogisticRegression().fit(features, [0, 1, 0, 1])
    pipeline = Pipeline([("columns", columns), ("classifier", classifier)])
    (weights,) = weight_differences(classifier, np.array([1]), np.array([0]))
    assert np.allclose(weights, classifier.coef_[0])
    added = {}
    for block in linear_blocks(pipeline):
        added |= value_weights(block, features[[2]], weights)
    names = list(columns.get_feature_names_out())
    part = dict(zip(names, features[2] * weights, strict=True))
    marker = next(name for name in names if "missing" in name)
    assert added["age"] == pytest.approx(part["numbers__age"] + part[marker])
    assert added["size"] == pytest.approx(part["numbers__size"])
    assert added["plan"] == pytest.approx(part["categories__plan_a"])
    score = classifier.decision_function(features[[2]])[0] - classifier.intercept_[0]
    assert sum(added.values()) == pytest.approx(score)


def test_rare_categories_share_a_column_and_still_belong_to_their_field():
    fields = [Field("city", Role.CATEGORY), Field("plan", Role.CATEGORY)]
    rows = pd.DataFrame({"city": [f"c{n % 130}" for n in range(400)], "plan": ["a", "b"] * 200})
    columns = ColumnTransformer(scaled_blocks(fields), sparse_threshold=0.0)
    features = columns.fit_transform(rows)
    classifier = LogisticRegression().fit(features, [0, 1] * 200)
    (block,) = linear_blocks(Pipeline([("columns", columns), ("classifier", classifier)]))
    assert len(block.fields) == features.shape[1]
    assert block.fields[-2:] == ("plan", "plan")
    assert set(block.fields[:-2]) == {"city"}


def test_weights_of_more_than_two_classes_are_those_of_one_less_those_of_the_other():
    classifier = LogisticRegression().fit(np.eye(3), [0, 1, 2])
    found = weight_differences(classifier, np.array([0, 2]), np.array([1, 0]))
    assert np.allclose(found, [classifier.coef_[0] - classifier.coef_[1], classifier.coef_[2] - classifier.coef_[0]])
