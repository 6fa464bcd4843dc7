"""Training: from fifty labels on, the same bits every time, and a message where it is not possible yet."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.domain.errors import JobCancelled, NotEnoughLabels
from hitl.domain.fields import Field, Role
from hitl.ml.calibration import expected_calibration_error
from hitl.ml.inputs import learnable_fields, prepare_inputs
from hitl.ml.metrics import Metric
from hitl.ml.model_files import probe_hash
from hitl.ml.prediction import predict_items
from hitl.ml.training import MOST_SEARCH_ROWS, train_model
from tests.unit.ml.small_data import MIXED, TABLE, TEXT, measurements, messages, mixed, train

ROOT = Path(__file__).parents[3]
KINDS = {"text": (messages, TEXT), "table": (measurements, TABLE), "mixed": (mixed, MIXED)}
PROBE = """
from tests.unit.ml.test_training import KINDS
from tests.unit.ml.small_data import train
from hitl.ml.model_files import probe_hash
for make, fields in KINDS.values():
    inputs, class_ids = make(100)
    print(probe_hash(train(inputs, class_ids, fields).model, inputs))
"""


def accuracy(result, inputs, class_ids):
    return np.mean(predict_items(result.model, inputs).class_ids == class_ids)


@pytest.mark.parametrize("kind", KINDS)
def test_a_pattern_is_learned_from_any_mix_of_columns(kind):
    make, fields = KINDS[kind]
    result = train(*make(150), fields)
    assert accuracy(result, *make(150, seed=1)) > 0.8


@pytest.mark.parametrize("kind", KINDS)
def test_training_twice_gives_the_same_bits(kind):
    make, fields = KINDS[kind]
    inputs, class_ids = make(100)
    first, second = (train(inputs, class_ids, fields).model for _ in range(2))
    assert probe_hash(first, inputs) == probe_hash(second, inputs)
    assert first.parameters == second.parameters
    assert first.calibration == second.calibration


def test_other_processes_with_other_hash_seeds_and_threads_give_the_same_bits():
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", PROBE],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": ".", "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed, threads in (("1", "1"), ("2", "4"))
    ]
    hashes = [process.communicate(timeout=120)[0].split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(hashes[0]) == 3
    assert hashes[0] == hashes[1]


def test_fifty_labels_with_classes_of_one_member_are_enough():
    inputs, class_ids = messages(50, n_classes=2)
    class_ids = class_ids.copy()
    class_ids[:6] = np.arange(10, 16)
    result = train(inputs, class_ids)
    assert result.model.class_ids.tolist() == [1, 2, *range(10, 16)]
    assert np.all(np.isfinite(result.oof_proba))
    assert np.allclose(result.oof_proba.sum(axis=1), 1.0)
    assert result.oof_confidence[:6].max() < 0.999


def test_confidence_at_fifty_labels_is_near_the_accuracy_seen_later():
    later, truth = messages(600, seed=9)
    result = train(*messages(50, seed=3))
    answers = predict_items(result.model, later)
    assert expected_calibration_error(answers.confidence, answers.class_ids == truth) < 0.12


def test_every_class_of_its_own_still_trains():
    inputs, _ = messages(12)
    result = train(inputs, np.arange(12, dtype=np.int64))
    assert predict_items(result.model, inputs).confidence.max() < 0.5


@settings(max_examples=6, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.text(max_size=12),
            st.one_of(st.none(), st.floats(), st.integers(-9, 9)),
            st.sampled_from(["a", "b", "", None]),
            st.integers(1, 3),
        ),
        min_size=10,
        max_size=16,
    )
)
def test_any_rows_train_or_say_what_is_missing(rows):
    raw = pd.DataFrame(rows, columns=["text", "size", "shop", "class"], dtype=object)
    fields = (*TEXT, Field("size", Role.NUMBER), Field("shop", Role.CATEGORY))
    inputs = prepare_inputs(raw, fields)
    class_ids = raw["class"].to_numpy(dtype=np.int64)
    if len(np.unique(class_ids)) < 2 or not learnable_fields(inputs, fields):
        with pytest.raises(NotEnoughLabels, match=r"^Training needs "):
            train(inputs, class_ids, fields)
        return
    result = train(inputs, class_ids, fields)
    answers = predict_items(result.model, inputs)
    assert np.all(np.isfinite(answers.confidence))
    assert np.allclose(answers.proba.sum(axis=1), 1.0)


@pytest.mark.parametrize("text", ["?", "a", "\u00a0", "日本語", "\x00", "🙂 🙂", "-" * 5_000])
def test_texts_without_a_usual_word_are_read(text):
    inputs, class_ids = messages(20)
    inputs = inputs.copy()
    inputs.loc[::2, "text"] = text
    assert np.all(np.isfinite(train(inputs, class_ids).oof_proba))


@pytest.mark.parametrize(
    ("class_ids", "found"),
    [
        ([], "at least 2 classes. There are no labels"),
        ([1], "at least 2 classes. There is 1 label, 'late'"),
        ([1] * 12, "at least 2 classes. There are 12 labels, all 'late'"),
        ([1, 2] * 2, "at least 10 labels. There are 4 labels"),
    ],
)
def test_too_few_labels_are_refused_with_what_is_missing(class_ids, found):
    inputs, _ = messages(len(class_ids))
    with pytest.raises(NotEnoughLabels, match=found):
        train(inputs, np.array(class_ids, dtype=np.int64), class_names={1: "late", 2: "lost"})


def test_columns_without_a_value_are_refused_by_name():
    inputs = prepare_inputs(pd.DataFrame({"text": [""] * 12}), TEXT)
    with pytest.raises(NotEnoughLabels, match="every value of 'text' is empty"):
        train(inputs, np.arange(12, dtype=np.int64) % 2)


def test_no_column_to_learn_from_is_refused():
    with pytest.raises(NotEnoughLabels, match="there is none"):
        train(pd.DataFrame(index=range(12)), np.arange(12, dtype=np.int64) % 2, ())


def test_progress_rises_to_one_and_what_it_raises_ends_the_training():
    inputs, class_ids = messages(30)
    shares = []
    train_model(inputs, class_ids, fields=TEXT, seed=0, tick=lambda share, what: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def cancel(share, what):
        raise JobCancelled("A person asked for the job to stop.")

    with pytest.raises(JobCancelled):
        train_model(inputs, class_ids, fields=TEXT, seed=0, tick=cancel)


def test_the_chosen_candidate_has_the_best_score_of_all():
    result = train(*measurements(150), TABLE, metric=Metric.BALANCED_ACCURACY)
    assert result.chosen.mean == max(one.mean for one in result.candidate_scores)
    assert {one.estimator for one in result.candidate_scores} == {"tabular_linear", "tabular_boosting"}
    assert result.model.parameters == result.chosen.parameters


def test_out_of_fold_answers_cover_every_item_when_the_search_saw_a_part(monkeypatch):
    monkeypatch.setattr("hitl.ml.training.MOST_SEARCH_ROWS", 40)
    assert MOST_SEARCH_ROWS > 40
    inputs, class_ids = messages(120)
    result = train(inputs, class_ids)
    assert result.oof_proba.shape == (120, 3)
    assert np.mean(result.oof_class_ids == class_ids) > 0.7


def test_a_column_that_is_empty_in_training_and_filled_later_is_left_out():
    inputs, class_ids = mixed(40)
    inputs = inputs.assign(weight=np.nan)
    result = train(inputs, class_ids, MIXED)
    assert "weight" not in [field.name for field in result.model.fields]
    later, _ = mixed(5, seed=1)
    assert len(predict_items(result.model, later).class_ids) == 5
