"""A recipe fitted on the labels of now says what the searched model of that recipe says, and keeps nothing."""

import numpy as np
import pytest

from hitl.ml.class_scores import class_log_proba
from hitl.ml.inputs import input_columns
from hitl.ml.quick_fit import Recipe, quick_proba
from tests.unit.ml.small_data import TEXT, messages, mixed, train
from tests.unit.ml.test_label_spreading import FIELD, as_inputs, clouds
from tests.unit.ml.test_training import KINDS


def recipe_of(result):
    return Recipe(result.model.estimator, result.chosen.parameters, result.model.seed)


def answers_of(model, inputs):
    features = model.pipeline["columns"].transform(inputs[input_columns(model.fields)])
    return np.exp(class_log_proba(model.pipeline["classifier"], features))


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_the_searched_model_of_the_recipe_says(kind):
    make, fields = KINDS[kind]
    inputs, class_ids = make(100)
    asked = make(40, seed=1)[0]
    result = train(inputs, class_ids, fields)
    found = quick_proba(recipe_of(result), inputs, class_ids, asked, fields=fields)
    assert found == pytest.approx(answers_of(result.model, asked), abs=1e-12)
    assert found.sum(axis=1) == pytest.approx(np.ones(40))


def test_it_learns_from_the_pool_as_the_searched_model_does():
    points, class_ids = clouds([60, 60], spread=2.0)
    labelled, pool, asked = np.r_[0:8, 60:68], np.r_[10:40, 70:100], np.r_[40:60, 100:120]
    y = class_ids[labelled].astype(np.int64)
    known, others, wanted = (as_inputs(points[rows]) for rows in (labelled, pool, asked))
    result = train(known, y, (FIELD,), pool=others)
    recipe = recipe_of(result)
    assert recipe.learns_from_pool
    found = quick_proba(recipe, known, y, wanted, fields=(FIELD,), pool=others)
    assert found == pytest.approx(answers_of(result.model, wanted), abs=1e-12)
    assert found != pytest.approx(quick_proba(recipe, known, y, wanted, fields=(FIELD,)), abs=1e-3)


def test_one_class_alone_tells_nothing():
    inputs, class_ids = messages(30)
    recipe = recipe_of(train(inputs, class_ids))
    assert quick_proba(recipe, inputs, np.ones(30, dtype=np.int64), inputs, fields=TEXT) is None


def test_a_recipe_that_reads_what_is_not_there_is_not_fitted():
    inputs, class_ids = mixed(40)
    for name in ("text_embedded", "image_linear", "no such estimator"):
        assert quick_proba(Recipe(name, {"C": 1.0}, 0), inputs, class_ids, inputs, fields=TEXT) is None
