"""The parts of the simulation: the split, the reviewer's errors, what is refused."""

import json
from collections import Counter

import pytest

from hitl.adapters.text_embeddings import count_kept
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.fields import Field, Role
from hitl.ml.estimators import registry
from hitl.simulate import TEST_LIMIT, Study, run_study, split_rows, train_on_everything
from hitl.store.connection import open_project, project_folder
from hitl.store.reads_export import stream_decisions, stream_items
from tests.generated_texts import write_messages
from tests.word_encoder import WordEncoder

FIELDS = (Field("text", Role.TEXT),)


def make_study(count=80, **changes):
    messages = write_messages(count)
    cut = count * 3 // 4
    values = {
        "fields": FIELDS,
        "pool": [{"text": text} for text, _ in messages[:cut]],
        "pool_labels": [topic for _, topic in messages[:cut]],
        "test": [{"text": text} for text, _ in messages[cut:]],
        "test_labels": [topic for _, topic in messages[cut:]],
        "budget": 20,
        "batch": 10,
        "strategy": "default",
        "seed": 0,
        "reviewer_error": 0.0,
        "encodes_texts": False,
    }
    return Study(**{**values, **changes})


def read_all(folder, stream, *arguments):
    db = open_project(folder, "simulation")
    rows = list(stream(db, *arguments))
    db.conn.close()
    return rows


def test_the_split_is_a_stratified_quarter_and_always_the_same():
    labels = ["a"] * 60 + ["b"] * 40
    pool, test = split_rows(labels)
    assert Counter(labels[row] for row in test) == {"a": 15, "b": 10}
    assert sorted(pool + test) == list(range(100))
    assert split_rows(labels) == (pool, test)


def test_the_test_rows_are_at_most_1500():
    assert len(split_rows(["a", "b"] * 5_000)[1]) == TEST_LIMIT


def test_no_test_row_enters_the_project_and_no_label_comes_with_the_import(tmp_path):
    study = make_study(budget=10)
    run_study(tmp_path, study)
    items = read_all(tmp_path, stream_items, None)
    texts = " ".join(item["fields"] for item in items)
    assert len(items) == len(study.pool)
    assert not any(row["text"] in texts for row in study.test)
    assert sum(item["label"] is not None for item in items) == 10


def test_every_decision_is_a_persons_event_and_right_when_the_reviewer_makes_no_errors(tmp_path):
    study = make_study()
    run_study(tmp_path, study)
    labels = {row["text"]: label for row, label in zip(study.pool, study.pool_labels, strict=True)}
    decisions = read_all(tmp_path, stream_decisions)
    assert [row["decided_by"] for row in decisions] == [2] * 20
    items = [item for item in read_all(tmp_path, stream_items, None) if item["label"]]
    assert all(labels[json.loads(item["fields"])["text"]] == item["label"] for item in items)


def test_the_reviewers_errors_are_as_frequent_as_asked_for(tmp_path):
    study = make_study(count=400, budget=200, batch=200, reviewer_error=0.3)
    run_study(tmp_path, study)
    labels = {row["text"]: label for row, label in zip(study.pool, study.pool_labels, strict=True)}
    items = [item for item in read_all(tmp_path, stream_items, None) if item["label"]]
    wrong = sum(labels[json.loads(item["fields"])["text"]] != item["label"] for item in items)
    assert 40 <= wrong <= 80


def test_the_curve_has_no_number_before_there_are_enough_labels(tmp_path):
    curve = run_study(tmp_path, make_study(budget=12, batch=4))
    assert [point.decisions for point in curve] == [4, 8, 12]
    assert [point.test_accuracy is None for point in curve] == [True, True, False]
    assert curve[0].train_seconds == 0.0


def test_the_curve_ends_when_nothing_is_left_to_ask(tmp_path):
    curve = run_study(tmp_path, make_study(count=40, budget=100, batch=20))
    assert [point.decisions for point in curve] == [20, 30]


def test_the_budget_is_kept_where_it_is_no_multiple_of_the_batch(tmp_path):
    assert [point.decisions for point in run_study(tmp_path, make_study(budget=15, batch=10))] == [10, 15]


def test_the_same_seed_gives_the_same_curve(tmp_path):
    curves = [run_study(tmp_path / name, make_study(reviewer_error=0.2)) for name in ("a", "b")]
    assert [point.test_accuracy for point in curves[0]] == [point.test_accuracy for point in curves[1]]


def test_second_looks_are_decisions_of_the_budget_and_their_labels_asked_again(tmp_path):
    study = make_study(count=400, budget=120, batch=60, reviewer_error=0.1, second_look=True)
    curve = run_study(tmp_path, study)
    assert [point.decisions for point in curve] == [60, 120]
    assert 0 < curve[-1].wrong_looked_at <= curve[-1].second_looks <= 6
    items = [item for item in read_all(tmp_path, stream_items, None) if item["label"]]
    assert len(items) == 120 - curve[-1].second_looks
    labels = {row["text"]: label for row, label in zip(study.pool, study.pool_labels, strict=True)}
    wrong = sum(labels[json.loads(item["fields"])["text"]] != item["label"] for item in items)
    assert wrong == curve[-1].wrong_labels


@pytest.mark.parametrize("changes", [{"budget": 0}, {"batch": 0}, {"reviewer_error": 1.0}, {"reviewer_error": -0.1}])
def test_numbers_out_of_range_are_refused(tmp_path, changes):
    with pytest.raises(BadInput):
        run_study(tmp_path, make_study(**changes))


def test_a_label_column_with_one_class_is_refused(tmp_path):
    with pytest.raises(BadInput, match="fewer than two classes"):
        run_study(tmp_path, make_study(pool_labels=["same"] * 60))


def test_an_unknown_strategy_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(NotFound, match="no query strategy 'luck'"):
        run_study(tmp_path, make_study(strategy="luck"))
    assert not list(tmp_path.iterdir())


def test_models_learn_from_what_texts_mean_and_test_rows_stay_outside(tmp_path, monkeypatch):
    words = WordEncoder().use(monkeypatch)
    monkeypatch.setattr(registry, "ESTIMATORS", (registry.TEXT_EMBEDDED,))
    study = make_study(encodes_texts=True)
    curve = run_study(tmp_path, study)
    assert curve[-1].test_accuracy is not None
    assert len(words.texts) == len({row["text"] for row in [*study.pool, *study.test]})  # each once, however often read
    assert count_kept(project_folder(tmp_path, "simulation"), words.encoder) == len({row["text"] for row in study.pool})
    assert train_on_everything(tmp_path, study).accuracy > 0
    assert len(words.texts) == len({row["text"] for row in [*study.pool, *study.test]})


def test_another_encoder_is_simulated_by_its_name(tmp_path, monkeypatch):
    others = WordEncoder(name="others")
    words = WordEncoder().use(monkeypatch, others)
    monkeypatch.setattr(registry, "ESTIMATORS", (registry.TEXT_EMBEDDED,))
    study = make_study(encodes_texts=True, encoder="others")
    assert run_study(tmp_path, study)[-1].test_accuracy is not None
    assert train_on_everything(tmp_path, study).accuracy > 0
    assert (words.texts, len(others.texts)) == ([], len({row["text"] for row in [*study.pool, *study.test]}))
