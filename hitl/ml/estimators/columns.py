"""Number, category, image and embedding columns as features."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from hitl.domain.fields import Field, Role
from hitl.ml.estimators.contract import Features, FoldFeatures, Rows
from hitl.ml.inputs import columns_of, names_of

MOST_CATEGORIES = 100  # rarer ones share a column: a category with thousands of values would drown the rest


def scaled_blocks(fields: Sequence[Field]) -> list[tuple[str, Any, list[str]]]:
    """Blocks of a ColumnTransformer for linear models: numbers imputed, marked and scaled, categories one-hot.

    A missing number becomes the median and a column of its own that says so; an unseen category becomes zeros. The
    features of images stay as they are: they have one scale by themselves.
    """
    numbers, categories = names_of(fields, Role.NUMBER), names_of(fields, Role.CATEGORY)
    blocks: list[tuple[str, Any, list[str]]] = []
    if numbers:
        blocks.append(("numbers", _numbers_block(), numbers))
    if categories:
        one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MOST_CATEGORIES)
        blocks.append(("categories", one_hot, categories))
    images = columns_of(fields, Role.IMAGE)
    if images:
        blocks.append(("images", "passthrough", images))
    return blocks


def refitted_columns(inputs: pd.DataFrame, build_columns: Callable[[], ColumnTransformer]) -> FoldFeatures:
    """Fold features by fitting the columns step anew on each fold's train rows."""

    def fold_features(train_rows: Rows, test_rows: Rows) -> tuple[Features, Features]:
        columns = build_columns()
        train_features = columns.fit_transform(inputs.iloc[train_rows])
        return train_features, columns.transform(inputs.iloc[test_rows])

    return fold_features


def _numbers_block() -> Pipeline:
    imputer = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    return Pipeline([("impute", imputer), ("scale", StandardScaler())])
