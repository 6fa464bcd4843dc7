"""Labelled sets as all contenders see them: the same features, the same test rows."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hitl.adapters.encoders.contract import Encoder
from hitl.adapters.encoders.registry import default_encoder
from hitl.domain.class_words import are_telling, class_texts
from hitl.domain.fields import Field, Role, embedded_fields
from hitl.domain.records import LabelClass
from hitl.ml.class_words import ClassWords
from hitl.ml.column_roles import propose_roles
from hitl.ml.digits import MOST_INK, load_digits
from hitl.ml.folds import stratified_rows
from hitl.ml.image_features import SIDE, describe_images
from hitl.ml.inputs import columns_of, names_of, prepare_inputs

TEXT_SETS = ("agnews", "sms", "mr", "banking77")
SETS = (*TEXT_SETS, "digits", "telco")
MOST_ROWS, MOST_POOL, MOST_TEST = 6_000, 4_500, 1_500
TEXT = (Field("text", Role.TEXT),)


@dataclass(frozen=True)
class Labelled:
    """A set, split.

    Attributes
    ----------
    name : str
    fields : tuple of Field
        What Tandem learns from.
    pool, test : DataFrame
        Inputs of these fields.
    features, test_features : ndarray of float32
        The same as one matrix, for those who take no tables: embeddings and images as they are, tables scaled.
    y, test_y : ndarray of int64
    words : ClassWords or None
        Of the names that the set has for its classes, where the product would learn from them.
    """

    name: str
    fields: tuple[Field, ...]
    pool: pd.DataFrame
    test: pd.DataFrame
    features: NDArray[np.float32]
    test_features: NDArray[np.float32]
    y: NDArray[np.int64]
    test_y: NDArray[np.int64]
    words: ClassWords | None = None


def read_set(name: str, data: Path, cache: Path, encoder: Encoder | None = None) -> Labelled:
    """A set by name, any file of texts by its own.

    Embeddings of texts, by the usual encoder or another, are kept in the folder ``cache``.
    """
    words = None
    if name == "digits":
        fields, inputs, y = _digits()
    elif name != "telco":
        encoder = encoder or default_encoder()
        fields, inputs, y = _texts(name, data, cache, encoder)
        words = _words(read_texts(name, data)["label"], encoder)
    else:
        fields, inputs, y = _table(name, data)
    test = stratified_rows(y, min(MOST_TEST, len(y) // 4), 0)
    pool = np.setdiff1d(np.arange(len(y)), test)[:MOST_POOL]
    features = _as_matrix(inputs, fields, pool)
    return Labelled(
        name,
        fields,
        inputs.iloc[pool].reset_index(drop=True),
        inputs.iloc[test].reset_index(drop=True),
        features[pool],
        features[test],
        y[pool],
        y[test],
        words,
    )


def read_texts(name: str, data: Path) -> pd.DataFrame:
    """The rows of a set of texts in an order fixed for all, at most ``MOST_ROWS``."""
    frame = pd.read_csv(data / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.iloc[np.random.default_rng(0).permutation(len(frame))[:MOST_ROWS]]


def _texts(
    name: str, data: Path, cache: Path, encoder: Encoder
) -> tuple[tuple[Field, ...], pd.DataFrame, NDArray[np.int64]]:
    frame = read_texts(name, data)
    kept = cache / f"{name}-{encoder.recipe}.npy"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(kept, encoder.encode(frame["text"].tolist()))
    field = embedded_fields(TEXT, encoder.recipe)[0]
    vectors = np.load(kept).astype(np.float16).astype(np.float32)  # as they are kept
    inputs = prepare_inputs(pd.DataFrame({field.name: list(vectors)}), (field,))
    return (field,), inputs, np.unique(frame["label"], return_inverse=True)[1].astype(np.int64)


def _words(labels: pd.Series, encoder: Encoder) -> ClassWords | None:
    names = np.unique(labels)
    classes = [LabelClass(number, name, name, "", number, retired=False) for number, name in enumerate(names)]
    if not are_telling(classes):
        return None
    return ClassWords(np.arange(len(names)), encoder.encode(class_texts(classes)))


def _digits() -> tuple[tuple[Field, ...], pd.DataFrame, NDArray[np.int64]]:
    digits, fields = load_digits(seed=0), (Field("image", Role.IMAGE),)
    greys, cell = 255 - digits.ink.astype(np.int64) * 255 // MOST_INK, (SIDE // 8, SIDE // 8)
    pixels = np.kron(greys, np.ones(cell, dtype=np.int64))
    described = describe_images(np.repeat(pixels[..., None], 3, axis=3).astype(np.uint8))
    inputs = prepare_inputs(pd.DataFrame({"image": list(described)}), fields)
    return fields, inputs, np.array([int(one) for one in digits.names], dtype=np.int64)


def _table(name: str, data: Path) -> tuple[tuple[Field, ...], pd.DataFrame, NDArray[np.int64]]:
    frame = pd.read_csv(data / f"{name}.csv", dtype=str, keep_default_na=False)
    frame = frame.iloc[np.random.default_rng(0).permutation(len(frame))[:MOST_ROWS]].reset_index(drop=True)
    proposed = [Field(one.name, one.role) for one in propose_roles(frame.head(2_000))]
    fields = tuple(field for field in proposed if field.role in {Role.NUMBER, Role.CATEGORY})
    return fields, prepare_inputs(frame, fields), np.unique(frame["label"], return_inverse=True)[1].astype(np.int64)


def _as_matrix(inputs: pd.DataFrame, fields: tuple[Field, ...], pool: NDArray[np.int64]) -> NDArray[np.float32]:
    blocks = [inputs[columns_of(fields, role)].to_numpy() for role in (Role.EMBEDDING, Role.IMAGE)]
    numbers, categories = names_of(fields, Role.NUMBER), names_of(fields, Role.CATEGORY)
    if numbers:
        filled = inputs[numbers].fillna(0.0)
        blocks.append(StandardScaler().fit(filled.iloc[pool]).transform(filled))
    if categories:
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(inputs[categories].iloc[pool])
        blocks.append(one_hot.transform(inputs[categories]))
    return np.ascontiguousarray(np.hstack(blocks), dtype=np.float32)
