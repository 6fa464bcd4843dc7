"""Learning from images: alone, with other columns, and back from a model file."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.registry import suitable_estimators
from hitl.ml.image_features import FEATURE_COUNT, SIDE, describe_images
from hitl.ml.inputs import block_columns, input_columns, learnable_fields, prepare_inputs
from hitl.ml.model_files import dump_model, load_model, probe_hash
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model

IMAGE = Field("photo", Role.IMAGE)
NUMBER, CATEGORY, TEXT = Field("age", Role.NUMBER), Field("place", Role.CATEGORY), Field("note", Role.TEXT)


def bars(count, *, seed=0):
    """Pictures of upright and lying bars in noise, and which is which."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    pixels = np.full((count, SIDE, SIDE, 3), 200.0)
    for row, lying in enumerate(y):
        view = pixels[row].transpose(1, 0, 2) if lying else pixels[row]
        view[:, rng.integers(2, 8) :: 9] = 40
    noisy = np.clip(pixels + rng.normal(0, 30, pixels.shape), 0, 255).astype(np.uint8)
    return describe_images(noisy), (y + 1).astype(np.int64)


def inputs_of(features, fields, **more):
    return prepare_inputs(pd.DataFrame({"photo": list(features), **more}), fields)


def train(inputs, y, fields):
    return train_model(inputs, y, fields=fields, seed=0, tick=lambda share, what: None)


@pytest.fixture(scope="module")
def trained():
    features, y = bars(60)
    return train(inputs_of(features, [IMAGE]), y, [IMAGE]).model


def test_an_image_is_many_columns_and_a_missing_one_zeros():
    inputs = prepare_inputs(pd.DataFrame({"photo": [np.ones(FEATURE_COUNT), None, "x"]}), [IMAGE, NUMBER])
    assert list(inputs.columns) == input_columns([IMAGE, NUMBER]) == [*block_columns(IMAGE), "age"]
    assert inputs[block_columns(IMAGE)].sum(axis=1).tolist() == [FEATURE_COUNT, 0, 0]


def test_a_column_without_any_image_teaches_nothing():
    inputs = prepare_inputs(pd.DataFrame({"photo": [None, None], "age": [1, 2]}), [IMAGE, NUMBER])
    assert learnable_fields(inputs, [IMAGE, NUMBER]) == (NUMBER,)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ([IMAGE], "image_linear"),
        ([IMAGE, NUMBER, CATEGORY], "image_linear"),
        ([IMAGE, TEXT], "text_linear"),
    ],
)
def test_which_estimator_learns_from_images(fields, name):
    assert [one.name for one in suitable_estimators(fields)] == [name]


def test_bars_are_told_apart(trained):
    features, y = bars(200, seed=1)
    answers = predict_items(trained, inputs_of(features, [IMAGE]))
    assert (answers.class_ids == y).mean() > 0.95


def test_a_picture_of_something_else_is_unusual(trained):
    features, _ = bars(100, seed=2)
    usual = predict_items(trained, inputs_of(features, [IMAGE])).novelty
    rng = np.random.default_rng(3)
    blots = np.full((100, SIDE, SIDE, 3), 200, dtype=np.uint8)
    for blot in blots:
        top, left = rng.integers(0, 16, 2)
        blot[top : top + 16, left : left + 16] = rng.integers(0, 120, 3)
    strange = predict_items(trained, inputs_of(describe_images(blots), [IMAGE])).novelty
    assert np.median(strange) > 0.95 > np.median(usual)


def test_a_model_of_images_survives_its_file(trained):
    features, _ = bars(40, seed=4)
    inputs = inputs_of(features, [IMAGE])
    assert probe_hash(load_model(dump_model(trained)), inputs) == probe_hash(trained, inputs)


@pytest.mark.parametrize("fields", [[IMAGE, NUMBER, CATEGORY], [IMAGE, TEXT]])
def test_images_are_learned_from_beside_other_columns(fields):
    """The class is the bars' direction and the other columns are noise: they do not drown it."""
    features, y = bars(80)
    more = {"age": range(80), "place": ["here", "there"] * 40, "note": [f"word{n % 7} word{n % 5}" for n in range(80)]}
    rng = np.random.default_rng(0)
    more = {name: rng.permutation(list(values)) for name, values in more.items()}
    model = train(inputs_of(features, fields, **more), y, fields).model
    features, y = bars(80, seed=5)
    right = predict_items(load_model(dump_model(model)), inputs_of(features, fields, **more)).class_ids == y
    assert right.mean() > 0.9


def test_the_same_images_give_the_same_model():
    features, y = bars(40)
    inputs = inputs_of(features, [IMAGE])
    one, other = (train(inputs, y, [IMAGE]).model for _ in range(2))
    assert probe_hash(one, inputs) == probe_hash(other, inputs)
