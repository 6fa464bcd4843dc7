"""A recipe, which is an estimator with its parameters, fitted on labelled items and on what they say about a pool."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hitl.domain.fields import Field, Role
from hitl.ml.class_scores import fit_classifier
from hitl.ml.class_words import ClassWords, words_as_items
from hitl.ml.estimators.contract import Estimator, Features, Parameters
from hitl.ml.inputs import input_columns
from hitl.ml.label_spreading import Guesses, Neighbourhood, make_lesson, tie_neighbours

WORDS = "class_words"
"""The parameter of candidates that learn from the words of the classes too."""


def learns_from_words(estimator: Estimator, parameters: Parameters) -> bool:
    """Whether a candidate can: where it learns from the pool by what texts mean, and reads no word of them."""
    return bool(parameters.get("unlabelled_weight")) and Role.TEXT in estimator.ignores


def with_words(
    estimator: Estimator, inputs: pd.DataFrame, words: ClassWords | None, fields: Sequence[Field]
) -> pd.DataFrame:
    """What the estimator reads of labelled items, and below them of the words of classes where there are any."""
    names = input_columns(estimator.reads(fields))
    if words is None:
        return inputs[names]
    return pd.concat([inputs[names], words_as_items(words, inputs[names], fields)], ignore_index=True)


def find_neighbourhood(
    estimator: Estimator,
    candidates: Sequence[Parameters],
    inputs: pd.DataFrame,
    pool: pd.DataFrame | None,
    fields: Sequence[Field],
) -> Neighbourhood | None:
    """Labelled items and pool tied together; None where there is no pool, or no candidate learns from it."""
    learns_from_pool = any(one.get("unlabelled_weight") for one in candidates)
    if pool is None or pool.empty or not learns_from_pool or estimator.neighbour_space is None:
        return None
    return tie_neighbours(estimator.neighbour_space(with_pool(estimator, inputs, pool, fields), fields), len(inputs))


def with_pool(estimator: Estimator, inputs: pd.DataFrame, pool: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """What the estimator reads of labelled items, and below them of the pool."""
    names = input_columns(estimator.reads(fields))
    return pd.concat([inputs[names], pool[names]], ignore_index=True)


def fit_pipeline(
    pipeline: Any,
    parameters: Parameters,
    inputs: pd.DataFrame,
    y: NDArray[np.int64],
    pool: pd.DataFrame | None,
    guesses: Guesses | None,
) -> Features:
    """Fit both steps of an estimator's pipeline in place; what is returned are the features of the labelled items.

    Parameters
    ----------
    pipeline : Pipeline
        From the estimator's ``build``.
    parameters : Parameters
    inputs : DataFrame, shape (n_items, n_columns)
        The columns that the pipeline reads.
    y : ndarray of int64, shape (n_items,)
    pool : DataFrame or None
    guesses : Guesses or None
        Rows of labelled items and pool together.
    """
    features = pipeline["columns"].fit_transform(inputs)
    pool_features = None
    if guesses is not None and pool is not None:
        pool_inputs = pool[list(inputs.columns)].iloc[guesses.rows - len(y)]
        pool_features = pipeline["columns"].transform(pool_inputs)
    fit_candidate(pipeline["classifier"], parameters, features, y, pool_features, guesses)
    return features


def fit_candidate(
    classifier: Any,
    parameters: Parameters,
    features: Features,
    y: NDArray[np.int64],
    pool_features: Features | None,
    guesses: Guesses | None,
) -> Any:
    """The classifier fitted on labels, and where the candidate weighs the pool, on guesses beside them."""
    weight = float(parameters.get("unlabelled_weight") or 0.0)
    if not weight:
        return fit_classifier(classifier, features, y)
    lesson = make_lesson(features, y, pool_features, guesses, weight)
    return fit_classifier(classifier, lesson.features, lesson.y, lesson.weights)
