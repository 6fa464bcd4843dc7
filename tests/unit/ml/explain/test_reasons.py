"""Why a model answers as it does: what planted the answer is what is named."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from hitl.domain.fields import Field, Role
from hitl.ml.explain.explanation import Explanation
from hitl.ml.explain.occlusion import occlude
from hitl.ml.explain.reasons import explain_items
from hitl.ml.fitted_model import FittedModel
from hitl.ml.inputs import prepare_inputs
from hitl.ml.prediction import predict_items
from hitl.ml.training import train_model
from tests.unit.ml.small_data import MIXED, TABLE, TEXT, measurements, messages, mixed, train

CARD, TRANSFER = 1, 2


@pytest.fixture(scope="module")
def text_model():
    return train(*messages(120)).model


@pytest.fixture(scope="module")
def boosted():
    inputs, class_ids = measurements(400)
    return next(
        model for seed in range(4) if (model := _boosted(inputs, class_ids, seed)).estimator == "tabular_boosting"
    )


def _boosted(inputs, class_ids, seed):
    """Class 2 where the size is large and the shop is B or small and A: no line parts that, trees do."""
    is_large, is_b = inputs["size"].fillna(0).to_numpy() > 1, (inputs["shop"] == "B").to_numpy()
    return train_model(
        inputs, np.where(is_large == is_b, 2, 1), fields=TABLE, seed=seed, tick=lambda share, what: None
    ).model


def explain(model, rows, fields, class_ids=None, against_ids=None):
    def prepare(values):
        return prepare_inputs(pd.DataFrame(list(values)), fields)

    answers = predict_items(model, prepare(rows))
    return explain_items(
        model,
        rows,
        class_ids=answers.class_ids if class_ids is None else np.array(class_ids),
        against_ids=answers.runner_up_ids if against_ids is None else np.array(against_ids),
        fields=fields,
        prepare=prepare,
    )


def told(rows, found, sign):
    return [
        [row["text"][one.start : one.end] for one in explanation.words if one.weight * sign > 0]
        for row, explanation in zip(rows, found, strict=True)
    ]


def test_the_words_of_the_topic_speak_for_it_and_those_of_the_other_against(text_model):
    rows = [{"text": "please help my lost card is with the recipient"}, {"text": "why is the transfer pending today"}]
    found = explain(text_model, rows, TEXT, class_ids=[CARD, TRANSFER], against_ids=[TRANSFER, CARD])
    speaks_for, against = told(rows, found, 1), told(rows, found, -1)
    assert "lost card" in speaks_for[0]
    assert "recipient" in against[0]
    assert {"transfer pending"} <= set(speaks_for[1])


def test_the_other_way_round_the_signs_turn(text_model):
    rows = [{"text": "lost card recipient"}]
    one = explain(text_model, rows, TEXT, class_ids=[CARD], against_ids=[TRANSFER])[0]
    other = explain(text_model, rows, TEXT, class_ids=[TRANSFER], against_ids=[CARD])[0]
    assert [(word.start, word.end, -word.weight) for word in one.words] == [
        (word.start, word.end, pytest.approx(word.weight)) for word in other.words
    ]


def test_numbers_and_categories_beside_a_text_are_named():
    model = train(*mixed(200), MIXED).model
    rows = [{"text": "again today", "size": size, "weight": 0.0, "shop": "B"} for size in (4.0, None)]
    large, unknown = explain(model, rows, MIXED, class_ids=[2, 2], against_ids=[1, 1])
    assert large.fields[0].field == "size"
    assert large.fields[0].weight > 0
    assert {one.field for one in unknown.fields if one.weight > 0} >= {"shop"}


def test_a_boosted_model_is_explained_by_leaving_fields_out(boosted):
    rows = [{"size": 3.0, "weight": 0.1, "shop": "B"}, {"size": 3.0, "weight": 0.1, "shop": "A"}]
    large_b, large_a = explain(boosted, rows, TABLE, class_ids=[2, 1], against_ids=[1, 2])
    for found in (large_b, large_a):
        assert {one.field for one in found.fields if one.weight > 0} & {"size", "shop"}
        assert found.words == ()


def test_occlusion_is_the_fall_of_the_log_odds(boosted):
    row = {"size": 3.0, "weight": 0.1, "shop": "B"}

    def prepare(values):
        return prepare_inputs(pd.DataFrame(list(values)), TABLE)

    places, against = np.array([1]), np.array([0])
    ((words, fields),) = occlude(boosted, [row], TABLE, places, against, prepare)
    pipeline = boosted.pipeline

    def log_odds(values):
        features = pipeline["columns"].transform(prepare([values])[["size", "weight", "shop"]])
        proba = pipeline["classifier"].predict_proba(features)[0]
        return np.log(proba[1]) - np.log(proba[0])

    assert words == []
    for one in fields:
        assert one.weight == pytest.approx(log_odds(row) - log_odds({**row, one.field: None}), abs=1e-9)


def test_what_is_missing_can_not_be_left_out(boosted):
    (found,) = explain(boosted, [{"size": None, "weight": None, "shop": ""}], TABLE)
    assert found == Explanation()


def test_only_fields_that_may_be_named_are():
    model = train(*mixed(200), MIXED).model
    rows = [{"text": "lost card", "size": 4.0, "weight": 0.0, "shop": "B"}]

    def prepare(values):
        return prepare_inputs(pd.DataFrame(list(values)), MIXED)

    one = {"class_ids": np.array([2]), "against_ids": np.array([1]), "prepare": prepare}
    (found,) = explain_items(model, rows, fields=TABLE[:1], **one)
    assert found.words == ()
    assert {one.field for one in found.fields} <= {"size"}
    assert explain_items(model, rows, fields=(), **one) == [Explanation()]


class Counted:
    """What stands for an encoder: two numbers of a text, known to no other part of the code."""

    def __init__(self):
        self.calls = 0

    def prepare(self, rows):
        self.calls += 1
        texts = [str(row.get("text") or "") for row in rows]
        return pd.DataFrame({"text": [float(text.count("lost")) for text in texts], "size": [1.0] * len(texts)})


def encoded_model():
    """A linear model on columns whose weights are no words': its text is read through numbers."""
    fields = (Field("text", Role.NUMBER), Field("size", Role.NUMBER))
    columns = ColumnTransformer([("embedding", "passthrough", ["text"]), ("more", "passthrough", ["size"])])
    inputs = pd.DataFrame({"text": [0.0, 1.0, 0.0, 2.0], "size": [1.0] * 4})
    classifier = LogisticRegression().fit(columns.fit_transform(inputs), [1, 2, 1, 2])
    pipeline = Pipeline([("columns", columns), ("classifier", classifier)])
    return FittedModel("encoded", {}, fields, 0, np.array([1, 2]), np.array([1, 2]), pipeline, None, None)


def test_a_text_behind_an_encoder_is_left_out_word_by_word_in_one_batch():
    encoder = Counted()
    rows = [{"text": "my card is lost"}, {"text": "lost it"}]
    found = explain_items(
        encoded_model(),
        rows,
        class_ids=np.array([2, 2]),
        against_ids=np.array([1, 1]),
        fields=TEXT,
        prepare=encoder.prepare,
    )
    assert told(rows, found, 1) == [["lost"], ["lost"]]
    assert encoder.calls == 1


def test_a_long_text_is_left_out_in_parts():
    encoder = Counted()
    words = ["word"] * 200
    words[120] = "lost"
    row = {"text": " ".join(words)}
    batches = []

    def prepare(rows):
        batches.append(len(rows))
        return encoder.prepare(rows)

    ids = {"class_ids": np.array([2]), "against_ids": np.array([1])}
    (found,) = explain_items(encoded_model(), [row], fields=TEXT, prepare=prepare, **ids)
    assert batches == [41]
    (part,) = found.words
    assert row["text"][part.start : part.end].split() == words[120:125]
