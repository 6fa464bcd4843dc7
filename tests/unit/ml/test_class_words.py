"""The words of the classes as items: what they teach, and what is never taken from them."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import Field, Role
from hitl.ml import candidate_choice, training
from hitl.ml.class_words import ClassWords, words_as_items
from hitl.ml.label_spreading import HARDLY
from hitl.ml.model_files import _state_of, dump_model, load_model
from hitl.ml.prediction import predict_items
from hitl.ml.quick_fit import quick_proba
from tests.marked import files_with
from tests.unit.ml.small_data import train
from tests.unit.ml.test_label_spreading import FIELD, SIZE, as_inputs, clouds
from tests.unit.ml.test_model_files import with_state
from tests.unit.ml.test_quick_fit import answers_of, recipe_of

KIND, PRICE = Field("kind", Role.CATEGORY), Field("price", Role.NUMBER)
WORDS = ClassWords(np.array([10, 20, 30]), np.eye(SIZE, dtype=np.float32)[:3])
POINTS, FOUND = clouds([60, 60, 60], spread=1.0)
LABELLED, POOL = np.r_[0:8, 60:68], np.r_[10:40, 70:100, 130:160]
ASKED = np.r_[40:60, 100:120, 160:180]


def trained(words=WORDS, **more):
    y = WORDS.class_ids[FOUND[LABELLED]]
    return train(as_inputs(POINTS[LABELLED]), y, (FIELD,), **{"pool": as_inputs(POINTS[POOL]), "words": words, **more})


def asked(model):
    return predict_items(model, as_inputs(POINTS[ASKED]))


def test_a_class_that_nobody_has_given_is_answered_by_its_words():
    result = trained()
    assert result.chosen.parameters["class_words"]
    assert (result.model.class_ids.tolist(), result.model.labelled_ids.tolist()) == ([10, 20, 30], [10, 20])
    assert np.mean(asked(result.model).class_ids == WORDS.class_ids[FOUND[ASKED]]) > 0.9
    assert result.oof_proba.shape == (16, 3)


def test_an_answer_that_nobody_has_given_is_never_accepted():
    found = asked(trained().model)
    by_words = found.class_ids == 30
    assert by_words.sum() > 10
    assert np.all(found.accept_score[by_words] == 0)
    assert np.all(found.accept_score[~by_words & (found.novelty < 0.98)] > 0)


def test_once_it_is_given_it_is_like_every_class():
    rows = np.r_[LABELLED, 120:124]
    y = WORDS.class_ids[FOUND[rows]]
    model = train(as_inputs(POINTS[rows]), y, (FIELD,), pool=as_inputs(POINTS[POOL]), words=WORDS).model
    assert model.labelled_ids.tolist() == [10, 20, 30]
    found = asked(model)
    assert np.any(found.accept_score[found.class_ids == 30] > 0)


@pytest.mark.parametrize("missing", [{"words": None}, {"pool": None}])
def test_without_words_or_pool_it_knows_what_was_labelled(missing):
    result = trained(**missing)
    assert result.model.class_ids.tolist() == [10, 20]
    assert not any(one.parameters.get("class_words") for one in result.candidate_scores)


def test_a_model_without_words_that_did_better_knows_what_was_labelled(monkeypatch):
    monkeypatch.setattr(
        training, "best_trial", lambda trials, _metric: next(t for t in trials if not t.parameters.get("class_words"))
    )
    model = trained().model
    assert model.class_ids.tolist() == model.labelled_ids.tolist() == [10, 20]
    assert asked(model).proba.shape == (60, 2)


def test_words_are_learned_from_and_never_examined_on(monkeypatch):
    seen = []
    whole = training.run_trials
    monkeypatch.setattr(training, "run_trials", lambda *given: seen.extend(found := whole(*given)) or found)
    trained()
    assert {len(trial.log_proba) for trial in seen} == {16}
    by_words = next(trial for trial in seen if trial.parameters.get("class_words"))
    assert np.isfinite(by_words.log_proba[:, 2]).all()


def test_what_the_pool_says_is_not_in_the_model_file(tmp_path):
    rows, pool = as_inputs(POINTS[LABELLED]), as_inputs(POINTS[POOL])
    rows["kind"], pool["kind"] = "Labelledkind", "Zyxomarkedkind"
    result = train(rows, WORDS.class_ids[FOUND[LABELLED]], (FIELD, KIND), pool=pool, words=WORDS)
    assert result.model.parameters["unlabelled_weight"]
    (tmp_path / "model").write_bytes(dump_model(result.model))
    assert files_with(tmp_path, "Labelledkind") == ["model"]
    assert files_with(tmp_path, "Zyxomarkedkind") == []


def test_the_same_words_give_the_same_bits():
    assert np.array_equal(asked(trained().model).proba, asked(trained().model).proba)


def test_with_words_too_guesses_hardly_count_where_they_are_bad(monkeypatch):
    told = candidate_choice._guesses_are_good
    assert trained().chosen.parameters["unlabelled_weight"] == 1.0
    monkeypatch.setattr(candidate_choice, "_guesses_are_good", lambda own: not told(own))
    chosen = trained().chosen.parameters
    assert (chosen["unlabelled_weight"], chosen["class_words"]) == (HARDLY, 1.0)


def test_words_that_say_something_else_give_way():
    misleading = ClassWords(WORDS.class_ids, WORDS.meanings[[1, 2, 0]])
    assert not trained(misleading).chosen.parameters.get("class_words")


def test_a_file_keeps_which_classes_were_given_and_of_older_ones_all_were():
    model = trained().model
    assert load_model(dump_model(model)).labelled_ids.tolist() == [10, 20]
    state = _state_of(model)
    del state["labelled_ids"]
    older = load_model(with_state(model, labelled_ids=model.class_ids))
    assert older.labelled_ids.tolist() == [10, 20, 30]


def test_a_quick_fit_learns_from_the_words_as_the_searched_model_does():
    result = trained()
    known, pool, wanted = (as_inputs(POINTS[rows]) for rows in (LABELLED, POOL, ASKED))
    y = WORDS.class_ids[FOUND[LABELLED]]
    recipe = recipe_of(result)
    assert recipe.learns_from_words
    found = quick_proba(recipe, known, y, wanted, fields=(FIELD,), pool=pool, words=WORDS)
    assert found == pytest.approx(answers_of(result.model, wanted), abs=1e-12)


def test_what_words_do_not_say_is_as_in_the_usual_item():
    inputs = pd.concat(
        [pd.DataFrame({"kind": ["a", "b", "b"], "price": [1.0, 5.0, 30.0]}), as_inputs(POINTS[:3])], axis=1
    )
    found = words_as_items(WORDS, inputs, (KIND, PRICE, FIELD))
    assert list(found.columns) == list(inputs.columns)
    assert found["kind"].tolist() == ["b"] * 3
    assert found["price"].tolist() == [5.0] * 3
    assert np.array_equal(found[list(as_inputs(POINTS[:1]).columns)], WORDS.meanings)


def test_other_columns_do_not_stand_in_the_way_of_the_words():
    other = pd.DataFrame({"kind": np.where(np.arange(180) % 2, "a", "b"), "price": np.arange(180.0)})
    inputs = pd.concat([as_inputs(POINTS), other], axis=1)[[*as_inputs(POINTS).columns, "kind", "price"]]
    y = WORDS.class_ids[FOUND[LABELLED]]
    known, pool, wanted = (inputs.iloc[rows].reset_index(drop=True) for rows in (LABELLED, POOL, ASKED))
    result = train(known, y, (FIELD, KIND, PRICE), pool=pool, words=WORDS)
    found = predict_items(result.model, wanted)
    assert result.chosen.parameters["class_words"]
    assert np.mean(found.class_ids == WORDS.class_ids[FOUND[ASKED]]) > 0.8
