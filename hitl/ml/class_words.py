"""The words of the classes as items to learn from: one of each class, whether anybody has labelled it or not.

With many classes most have no label for a long time, and their names say much of what belongs to them (zero-shot in
the sense of Yin et al. 2019, doi:10.18653/v1/D19-1404); with every label of a class its words count for less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hitl.domain.fields import Field, Role
from hitl.ml.inputs import block_columns

NO_CLASSES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class ClassWords:
    """What the classes mean by their words.

    Attributes
    ----------
    class_ids : ndarray of int64, shape (n_classes,)
    meanings : ndarray of float32, shape (n_classes, dimension)
        Embeddings of their words, by the encoder of the items' embeddings.
    """

    class_ids: NDArray[np.int64]
    meanings: NDArray[np.float32]


def words_as_items(words: ClassWords, inputs: pd.DataFrame, fields: Sequence[Field]) -> pd.DataFrame:
    """An item a class: its texts all mean what its words do, and what words don't say is as in the usual item.

    Parameters
    ----------
    words : ClassWords
    inputs : DataFrame, shape (n_items, n_columns)
        Of the labelled items, from `prepare_inputs`; it has no column of texts.
    fields : sequence of Field
        Those that the columns belong to.

    Returns
    -------
    DataFrame, shape (n_classes, n_columns)
        Embeddings are those of the words; a number is the median of the items, a category the commonest.
    """
    meant = {column: words.meanings[:, place] for field in fields for place, column in _places(field)}
    rows = pd.RangeIndex(len(words.class_ids))
    usual = {column: _usual(inputs[column]) for column in inputs.columns if column not in meant}
    return pd.DataFrame({**usual, **meant}, index=rows)[list(inputs.columns)]


def _places(field: Field) -> Sequence[tuple[int, str]]:
    return list(enumerate(block_columns(field))) if field.role is Role.EMBEDDING else []


def _usual(values: pd.Series) -> float | str:
    if pd.api.types.is_numeric_dtype(values):
        return float(values.median())
    return str(values.mode().iat[0])
