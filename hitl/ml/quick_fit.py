"""What a recipe that an earlier search chose says of items, once it is fitted on the labels of now.

Without a search, folds, calibration or novelty it takes a second, and is good for one thing: to see which items are in
doubt now. Probabilities are all that leaves here, so that nothing can be accepted by them or kept as a version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hitl.domain.fields import Field
from hitl.ml.class_scores import class_log_proba
from hitl.ml.class_words import ClassWords
from hitl.ml.estimators.contract import Estimator
from hitl.ml.estimators.registry import suitable_estimators
from hitl.ml.estimators.text_joined import TEXT_JOINED
from hitl.ml.estimators.text_linear import TEXT_LINEAR
from hitl.ml.inputs import input_columns, learnable_fields
from hitl.ml.label_spreading import spread_labels
from hitl.ml.recipes import WORDS, find_neighbourhood, fit_pipeline, with_words
from hitl.ml.word_ngrams import quicker_columns


@dataclass(frozen=True)
class Recipe:
    """What a search chose.

    Attributes
    ----------
    estimator : str
        Name in the registry.
    parameters : mapping
        One of the estimator's candidates.
    seed : int
    """

    estimator: str
    parameters: Mapping[str, Any]
    seed: int

    @property
    def learns_from_pool(self) -> bool:
        """Whether items without a label are of use."""
        return bool(self.parameters.get("unlabelled_weight"))

    @property
    def learns_from_words(self) -> bool:
        """Whether the words of the classes are of use."""
        return bool(self.parameters.get(WORDS))

    @property
    def reads_words(self) -> bool:
        """Whether texts are cut into words and letters, which takes most of the time."""
        return self.estimator in {TEXT_LINEAR.name, TEXT_JOINED.name}


def quick_proba(
    recipe: Recipe,
    inputs: pd.DataFrame,
    y: NDArray[np.int64],
    asked: pd.DataFrame,
    *,
    fields: tuple[Field, ...],
    pool: pd.DataFrame | None = None,
    words: ClassWords | None = None,
) -> NDArray[np.float64] | None:
    """Uncalibrated probabilities of items, shape (n_asked, n_classes), columns in the order of the classes' ids.

    Those are the classes in ``y`` and of the words. None where there is nothing to tell apart yet, or the estimator of
    the recipe can't learn from these fields.

    Parameters
    ----------
    recipe : Recipe
    inputs : DataFrame, shape (n_labelled, n_columns)
        Of the labelled items, from `prepare_inputs`.
    y : ndarray of int64, shape (n_labelled,)
        Their classes.
    asked : DataFrame, shape (n_asked, n_columns)
        Of the items asked about.
    fields : tuple of Field
    pool : DataFrame, optional
        Of some items without a label, spread over all of them: doubtful ones alone teach less.
    words : ClassWords, optional
        Of the classes in use, where the recipe learns from them.
    """
    usable = learnable_fields(inputs, fields)
    estimator = _find(recipe.estimator, usable)
    if estimator is None or len(np.unique(y)) < 2:
        return None
    with threadpool_limits(limits=1):
        inputs = with_words(estimator, inputs, words, usable)
        y = y if words is None else np.concatenate([y, words.class_ids])
        neighbourhood = find_neighbourhood(estimator, (recipe.parameters,), inputs, pool, usable)
        guesses = None if neighbourhood is None else spread_labels(neighbourhood, np.arange(len(y)), y)
        pipeline = estimator.build(estimator.reads(usable), recipe.parameters, recipe.seed)
        columns = input_columns(estimator.reads(usable))
        fit_pipeline(pipeline, recipe.parameters, inputs, y, pool, guesses)
        features = quicker_columns(pipeline["columns"]).transform(asked[columns])
        return np.exp(class_log_proba(pipeline["classifier"], features))


def _find(name: str, fields: tuple[Field, ...]) -> Estimator | None:
    return next((one for one in suitable_estimators(fields) if one.name == name), None)
