"""What each word and field adds to the scores of a linear classifier: weight times value, summed.

The features of a text are n-grams; what one adds is shared out evenly among the places where it stands, and there among
its characters, so that a word gets what the n-grams that hold it add on it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

from hitl.ml.explain.words import LONGEST_TEXT

FloatArray = NDArray[np.float64]
Place = tuple[int, int, int]
"""A feature, and the (start, end) of characters that it stands on."""


@dataclass(frozen=True)
class LinearBlock:
    """One block of the columns step whose features are n-grams of a text, or values of fields.

    Attributes
    ----------
    vectorizer : TfidfVectorizer or None
        None where the features are values.
    columns : slice
        Its features among all.
    fields : tuple of str
        The text, or for each feature the field that it is a value of.
    """

    vectorizer: TfidfVectorizer | None
    columns: slice
    fields: tuple[str, ...]


def linear_blocks(pipeline: Any) -> list[LinearBlock]:
    """The blocks whose features are words or values, of a pipeline with a linear classifier; none of any other."""
    if not hasattr(pipeline["classifier"], "coef_"):
        return []
    columns = pipeline["columns"]
    blocks = [
        _block(step, columns.output_indices_[name], fields)
        for name, step, fields in columns.transformers_
        if name != "remainder"
    ]
    return [block for block in blocks if block is not None]


def weight_differences(classifier: Any, places: NDArray[np.int64], against: NDArray[np.int64]) -> FloatArray:
    """The weights of a class less those of another, shape (n_items, n_features), by their places in ``classes_``."""
    weights = classifier.coef_
    if len(weights) == 1:  # of two classes one set of weights is kept: for the second
        weights = np.vstack([np.zeros_like(weights), weights])
    return np.asarray(weights[places] - weights[against], dtype=np.float64)


def value_weights(block: LinearBlock, features: Any, weights: FloatArray) -> dict[str, float]:
    """What the values of an item's fields add, by field.

    Parameters
    ----------
    block : LinearBlock
    features : row of shape (1, n_features), sparse or dense
    weights : ndarray, shape (n_features,)
    """
    added: dict[str, float] = {}
    for field, value in zip(block.fields, _row(features[:, block.columns]) * weights[block.columns], strict=True):
        added[field] = added.get(field, 0.0) + float(value)
    return added


def character_weights(block: LinearBlock, text: str, features: Any, weights: FloatArray) -> FloatArray:
    """What each character of a text adds, shape (n_characters,); of a long text the first ``LONGEST_TEXT`` are seen.

    Parameters
    ----------
    block : LinearBlock
        Of that text.
    text : str
    features : row of shape (1, n_features), sparse or dense
    weights : ndarray, shape (n_features,)
    """
    added = np.zeros(min(len(text), LONGEST_TEXT) + 1)
    places = np.array(list(_places(block.vectorizer, text[:LONGEST_TEXT])), dtype=np.int64).reshape(-1, 3)
    if not len(places):
        return added[:-1]
    found, ends = places[:, 0], places[:, 1:]
    parts = _row(features[:, block.columns]) * weights[block.columns]
    lengths = np.bincount(found, weights=ends[:, 1] - ends[:, 0], minlength=len(parts))
    share = parts[found] / lengths[found]  # an even share for each character that the n-gram stands on
    np.add.at(added, ends[:, 0], share)
    np.add.at(added, ends[:, 1], -share)
    return np.asarray(np.cumsum(added)[:-1])


def _block(step: Any, columns: slice, fields: Any) -> LinearBlock | None:
    if isinstance(step, TfidfVectorizer) and step.lowercase and step.analyzer in {"word", "char_wb"}:
        return LinearBlock(step, columns, (str(fields),))
    if isinstance(step, OneHotEncoder):
        return LinearBlock(None, columns, tuple(_fields_of_categories(step, list(fields))))
    if isinstance(step, Pipeline) and isinstance(step[0], SimpleImputer):
        marked = step[0].indicator_.features_ if step[0].indicator_ else ()
        return LinearBlock(None, columns, (*fields, *(fields[place] for place in marked)))
    return None


def _fields_of_categories(step: OneHotEncoder, fields: list[str]) -> Iterator[str]:
    rare = step.infrequent_categories_ if step.max_categories is not None else [None] * len(fields)
    for field, categories, together in zip(fields, step.categories_, rare, strict=True):
        count = len(categories) if together is None else len(categories) - len(together) + 1
        yield from [field] * count


def _row(features: Any) -> FloatArray:
    return np.asarray(features.toarray() if sp.issparse(features) else features, dtype=np.float64).ravel()


def _places(vectorizer: Any, text: str) -> Iterator[Place]:
    lowered = text.lower()
    origins = _origins(text, lowered)
    cut = _word_places if vectorizer.analyzer == "word" else _character_places
    for feature, start, end in cut(vectorizer, lowered):
        yield (feature, start, end) if origins is None else (feature, origins[start], origins[end - 1] + 1)


def _origins(text: str, lowered: str) -> list[int] | None:
    """Where each small letter stands in the text; None where each has its own place. (One of "İ" has two.)."""
    if len(text) == len(lowered):
        return None
    return [place for place, character in enumerate(text) for _ in character.lower()]


def _word_places(vectorizer: Any, text: str) -> Iterator[Place]:
    found = [match.span() for match in re.finditer(vectorizer.token_pattern, text)]
    least, most = vectorizer.ngram_range
    for count in range(least, most + 1):
        for first in range(len(found) - count + 1):
            spans = found[first : first + count]
            feature = vectorizer.vocabulary_.get(" ".join(text[start:end] for start, end in spans))
            if feature is not None:
                yield from ((feature, start, end) for start, end in spans if end > start)


def _character_places(vectorizer: Any, text: str) -> Iterator[Place]:
    least, most = vectorizer.ngram_range
    known = vectorizer.vocabulary_
    for match in re.finditer(r"\S+", text):
        begin, end = match.span()
        padded = f" {match.group()} "
        for count in range(least, most + 1):
            for offset in range(max(len(padded) - count, 0) + 1):
                feature = known.get(padded[offset : offset + count])
                if feature is not None:
                    start = begin + offset - 1
                    yield feature, max(start, begin), min(start + count, end)
            if count >= len(padded):
                break
