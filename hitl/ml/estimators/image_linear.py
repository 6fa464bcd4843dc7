"""Linear support vector machine on what images look like, with numbers and categories beside them."""

from collections.abc import Sequence

import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.columns import refitted_columns
from hitl.ml.estimators.contract import Estimator, FoldFeatures, Parameters
from hitl.ml.estimators.tabular_linear import scaled_columns
from hitl.ml.inputs import names_of

STRENGTHS = (0.1, 1.0, 10.0)
TOLERANCE = 0.01


def suits(fields: Sequence[Field]) -> bool:
    """At least one image and no text; numbers and categories are welcome."""
    return bool(names_of(fields, Role.IMAGE)) and not names_of(fields, Role.TEXT)


def candidates(n_labels: int, n_classes: int) -> tuple[Parameters, ...]:  # noqa: ARG001
    """Inverse regularisation strength times class weight, the simplest first."""
    return tuple({"C": strength, "class_weight": weight} for strength in STRENGTHS for weight in (None, "balanced"))


def build(fields: Sequence[Field], parameters: Parameters, seed: int) -> Pipeline:
    """An unfitted pipeline: the images' features as they are, the other columns scaled, one-against-rest machines."""
    classifier = LinearSVC(C=parameters["C"], class_weight=parameters["class_weight"], tol=TOLERANCE, random_state=seed)
    return Pipeline([("columns", scaled_columns(fields)), ("classifier", classifier)])


def encode(inputs: pd.DataFrame, fields: Sequence[Field]) -> FoldFeatures:
    """Fold features by refitting: images are described before, and scaling a few columns is cheap."""
    return refitted_columns(inputs, lambda: scaled_columns(fields))


IMAGE_LINEAR = Estimator("image_linear", suits, candidates, build, encode)
