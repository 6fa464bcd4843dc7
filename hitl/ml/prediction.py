"""Answers of a fitted model for items."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hitl.ml.calibration import routing_confidence, temper
from hitl.ml.class_scores import class_log_proba
from hitl.ml.estimators.contract import Features
from hitl.ml.fitted_model import FittedModel
from hitl.ml.inputs import input_columns
from hitl.ml.novelty import novelty_percentiles
from hitl.ml.predictions import Predictions
from hitl.ml.word_ngrams import quicker_columns

FloatArray = NDArray[np.float64]

# Items are told apart from what the model knows at the price of the 2 % strangest familiar ones, which go to a person
# as well. A percentile of n references ends at n/(n + 1), so below 49 training items novelty stops nothing: with so
# few, every item is strange.
NOVELTY_LIMIT = 0.98


def predict_items(model: FittedModel, inputs: pd.DataFrame) -> Predictions:
    """The model's answers, one row an item; the same inputs give the same bits.

    Parameters
    ----------
    model : FittedModel
    inputs : DataFrame, shape (n_items, at least the model's fields)
        From `prepare_inputs`.
    """
    if inputs.empty:
        return _assemble(model, np.empty((0, len(model.class_ids))), np.empty(0))
    columns = input_columns(model.fields)
    with threadpool_limits(limits=1):
        features = quicker_columns(model.pipeline["columns"]).transform(inputs[columns])
        log_proba = class_log_proba(model.pipeline["classifier"], features)
        novelty = novelty_percentiles(model.novelty, _novelty_features(model, inputs[columns], features))
    return _assemble(model, temper(log_proba, model.calibration.temperature), novelty)


def _novelty_features(model: FittedModel, inputs: pd.DataFrame, features: Features) -> Any:
    return features if model.novelty.columns is None else model.novelty.columns.transform(inputs)


def _assemble(model: FittedModel, proba: FloatArray, novelty: FloatArray) -> Predictions:
    ranked = np.argsort(-proba, axis=1, kind="stable")
    top, runner_up = ranked[:, 0], ranked[:, 1]
    rows = np.arange(len(proba))
    confidence = routing_confidence(proba, model.calibration)
    is_unsure = (novelty >= NOVELTY_LIMIT) | ~np.isin(model.class_ids[top], model.labelled_ids)
    return Predictions(
        class_ids=model.class_ids[top],
        confidence=confidence,
        runner_up_ids=model.class_ids[runner_up],
        runner_up_confidence=_runner_up_confidence(proba[rows, top], proba[rows, runner_up], confidence),
        novelty=novelty,
        accept_score=np.where(is_unsure, 0.0, confidence),
        proba=proba,
    )


def _runner_up_confidence(top: FloatArray, runner_up: FloatArray, confidence: FloatArray) -> FloatArray:
    """The runner-up's part of what the top class leaves, never above the top class's confidence."""
    rest = np.maximum(1.0 - top, runner_up)  # they are equal for two classes, but for rounding near 1
    share = np.divide(runner_up, rest, out=np.zeros_like(rest), where=rest > 0)
    return np.minimum(share * (1.0 - confidence), confidence)
