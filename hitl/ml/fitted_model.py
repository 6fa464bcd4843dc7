"""A trained model with all that predicting needs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.domain.fields import Field
from hitl.ml.calibration import Calibration
from hitl.ml.novelty import NoveltyModel


@dataclass(frozen=True)
class FittedModel:
    """An immutable fitted pipeline with its recipe.

    Attributes
    ----------
    estimator : str
        Name in the registry.
    parameters : dict
        The chosen candidate.
    fields : tuple of Field
        The learned fields it reads, in order.
    seed : int
    class_ids : ndarray of int64, shape (n_classes,), ascending
        The project's ids of the classes it knows; columns of every proba.
    labelled_ids : ndarray of int64, ascending
        Those of them that had a label; of the others it knows the words alone.
    pipeline : Pipeline
        Steps "columns" and "classifier"; the classifier's classes are `class_ids`.
    calibration : Calibration
    novelty : NoveltyModel
    """

    estimator: str
    parameters: dict[str, float | str | None]
    fields: tuple[Field, ...]
    seed: int
    class_ids: NDArray[np.int64]
    labelled_ids: NDArray[np.int64]
    pipeline: Any
    calibration: Calibration
    novelty: NoveltyModel
