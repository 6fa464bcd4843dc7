"""Answers of a fitted model."""

import numpy as np
import pandas as pd
import pytest

from hitl.ml.inputs import prepare_inputs
from hitl.ml.prediction import NOVELTY_LIMIT, predict_items
from tests.unit.ml.small_data import MIXED, TABLE, TEXT, measurements, messages, mixed, train


@pytest.fixture(scope="module")
def text_model():
    return train(*messages(120)).model


@pytest.fixture(scope="module")
def mixed_model():
    return train(*mixed(120), MIXED).model


def test_the_class_is_the_most_probable_and_the_runner_up_the_second(text_model):
    answers = predict_items(text_model, messages(40, seed=1)[0])
    ranked = np.argsort(-answers.proba, axis=1)
    assert np.array_equal(answers.class_ids, text_model.class_ids[ranked[:, 0]])
    assert np.array_equal(answers.runner_up_ids, text_model.class_ids[ranked[:, 1]])


def test_confidence_leaves_room_for_the_runner_up(text_model):
    answers = predict_items(text_model, messages(40, seed=1)[0])
    assert np.all((answers.confidence > 0) & (answers.confidence < 1))
    assert np.all(answers.runner_up_confidence <= answers.confidence)
    assert np.all(answers.runner_up_confidence + answers.confidence <= 1 + 1e-12)


def test_an_item_gets_the_same_answer_alone_as_among_others(mixed_model):
    inputs, _ = mixed(30, seed=2)
    together = predict_items(mixed_model, inputs)
    for row in (0, 17):
        alone = predict_items(mixed_model, inputs.iloc[[row]])
        assert alone.class_ids[0] == together.class_ids[row]
        assert alone.confidence[0] == pytest.approx(together.confidence[row], rel=1e-9)


def test_a_novel_item_is_never_accepted_however_sure_the_model_is(text_model):
    strange = prepare_inputs(pd.DataFrame({"text": ["quantum zebra xylophone", "ψδφ ωμέγα"]}), TEXT)
    answers = predict_items(text_model, strange)
    assert np.all(answers.novelty >= NOVELTY_LIMIT)
    assert answers.accept_score.tolist() == [0.0, 0.0]


def test_a_familiar_item_is_accepted_by_its_confidence(text_model):
    answers = predict_items(text_model, messages(120)[0])
    familiar = answers.novelty < NOVELTY_LIMIT
    assert familiar.mean() > 0.9
    assert np.array_equal(answers.accept_score[familiar], answers.confidence[familiar])


def test_missing_values_and_unseen_categories_are_answered(mixed_model):
    rows = pd.DataFrame({"text": ["", "lost card"], "size": [None, 1e99], "weight": ["x", 3], "shop": ["new", None]})
    answers = predict_items(mixed_model, prepare_inputs(rows, MIXED))
    assert np.all(np.isfinite(answers.proba))
    assert np.all(np.isfinite(answers.novelty))


def test_boosted_trees_answer_missing_values_and_unseen_categories():
    inputs, _ = measurements(200)
    wave = np.where(np.sin(3 * inputs["weight"]) > 0, 1, 2)  # no straight line divides it: trees win
    model = train(inputs, wave.astype(np.int64), TABLE).model
    assert model.estimator == "tabular_boosting"
    rows = pd.DataFrame({"size": [None, 1], "weight": [None, 2], "shop": ["never seen", ""]})
    assert np.all(np.isfinite(predict_items(model, prepare_inputs(rows, TABLE)).novelty))


def test_no_items_give_no_answers(text_model):
    answers = predict_items(text_model, prepare_inputs(pd.DataFrame({"text": []}), TEXT))
    assert answers.proba.shape == (0, 3)
    assert len(answers.class_ids) == len(answers.novelty) == len(answers.runner_up_ids) == 0
