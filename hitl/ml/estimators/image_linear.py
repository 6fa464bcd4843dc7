"""Linear support vector machine on what images look like, with numbers and categories beside them.

With few labels it learns from the pool too, by labels that flow to images that look alike (`label_spreading`).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns
from hitl.ml.estimators.contract import Estimator, FoldFeatures, Parameters
from hitl.ml.estimators.tabular_linear import scaled_columns
from hitl.ml.inputs import columns_of, names_of
from hitl.ml.label_spreading import HARDLY, MOST_LABELS

STRENGTHS = (0.1, 1.0, 10.0)
WITH_POOL: Parameters = {"C": 1.0, "class_weight": "balanced", "unlabelled_weight": 1.0}
TOLERANCE = 0.01


def suits(fields: Sequence[Field]) -> bool:
    """At least one image and no text; numbers and categories are welcome."""
    return bool(names_of(fields, Role.IMAGE)) and not names_of(fields, Role.TEXT)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """With the pool where there are few labels; then inverse regularisation strength times class weight."""
    alone = tuple({"C": strength, "class_weight": weight} for strength in STRENGTHS for weight in (None, "balanced"))
    return (WITH_POOL, {**WITH_POOL, "unlabelled_weight": HARDLY}, *alone) if n_labels <= MOST_LABELS else alone


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: the images' features as they are, the other columns scaled, one-against-rest machines."""
    # Where it learns from guesses, the rows' own weights balance the classes.
    class_weight = None if parameters.get("unlabelled_weight") else parameters["class_weight"]
    classifier = LinearSVC(C=parameters["C"], class_weight=class_weight, tol=TOLERANCE, random_state=seed)
    return Pipeline([("columns", scaled_columns(fields)), ("classifier", classifier)])


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features by refitting: images are described before, and scaling a few columns is cheap."""
    return refitted_columns(inputs, lambda: scaled_columns(fields))


def neighbour_space(inputs: pd.DataFrame, fields: Sequence[Field]) -> NDArray[np.float32]:
    """What images look like alone."""
    return np.asarray(inputs[columns_of(fields, Role.IMAGE)], dtype=np.float32)


IMAGE_LINEAR = Estimator("image_linear", suits, candidates, build, encode, neighbour_space=neighbour_space)
