"""Where alike items lie near each other: the features that query strategies tell items apart by."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.tabular_linear import scaled_columns
from hitl.ml.estimators.text_linear import WORDS
from hitl.ml.inputs import columns_of, learnable_fields, names_of

MOST_WORDS = 5_000
DIMENSIONS = 64


def place_items(inputs: pd.DataFrame, fields: Sequence[Field], *, seed: int) -> NDArray[np.float32]:
    """Features of items, shape (n_items, n_features).

    What texts mean where that is known (unit length); else their words, by latent semantic analysis (Deerwester et
    al. 1990); without a text the other columns, scaled.

    Parameters
    ----------
    inputs : DataFrame
        From `prepare_inputs`.
    fields : sequence of Field
    seed : int
    """
    with threadpool_limits(limits=1):
        if any(field.role is Role.EMBEDDING for field in fields):
            return np.asarray(inputs[columns_of(fields, Role.EMBEDDING)], dtype=np.float32)
        usable = learnable_fields(inputs, fields)
        texts = names_of(usable, Role.TEXT)
        if texts:
            return _by_words(inputs[texts].agg(" ".join, axis=1), seed)
        if not usable:
            return np.zeros((len(inputs), 1), dtype=np.float32)
        return np.asarray(scaled_columns(usable).fit_transform(inputs), dtype=np.float32)


def _by_words(texts: pd.Series, seed: int) -> NDArray[np.float32]:
    weighed = TfidfVectorizer(sublinear_tf=True, **{**WORDS, "ngram_range": (1, 1), "max_features": MOST_WORDS})
    words = weighed.fit_transform(texts)
    count = min(DIMENSIONS, words.shape[0] - 1, words.shape[1] - 1)
    if count < 1:
        return np.asarray(words.toarray(), dtype=np.float32)
    found = TruncatedSVD(count, n_iter=2, random_state=seed).fit_transform(words)
    return np.asarray(normalize(found), dtype=np.float32)
