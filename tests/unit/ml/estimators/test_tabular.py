"""Numbers and categories: the linear model, the boosted trees, and the columns both read."""

import numpy as np
import pandas as pd
import pytest

from hitl.domain.fields import Field, Role
from hitl.ml.estimators import tabular_boosting, tabular_linear
from hitl.ml.estimators.columns import MOST_CATEGORIES
from hitl.ml.inputs import prepare_inputs
from tests.unit.ml.small_data import MIXED, TABLE, measurements

PARAMETERS = {
    "linear": {"C": 0.3, "class_weight": None},
    "boosting": {"max_leaf_nodes": 4, "learning_rate": 0.1, "max_iter": 5},
}
MODULES = {"linear": tabular_linear, "boosting": tabular_boosting}
SIZE = (Field("size", Role.NUMBER),)
SHOP = (Field("shop", Role.CATEGORY),)


@pytest.mark.parametrize("kind", MODULES)
def test_fold_features_are_those_of_the_pipelines_own_step(kind):
    inputs, _ = measurements(60)
    train_rows, test_rows = np.arange(40), np.arange(40, 60)
    ours = MODULES[kind].encode(inputs, TABLE)(train_rows, test_rows)
    columns = MODULES[kind].build(TABLE, PARAMETERS[kind], 0)["columns"].fit(inputs.iloc[train_rows])
    assert np.array_equal(ours[1], columns.transform(inputs.iloc[test_rows]), equal_nan=True)


@pytest.mark.parametrize("kind", MODULES)
def test_missing_numbers_and_unseen_categories_are_answered(kind):
    inputs, class_ids = measurements(60)
    pipeline = MODULES[kind].build(TABLE, PARAMETERS[kind], 0).fit(inputs, class_ids)
    later = prepare_inputs(pd.DataFrame({"size": [None], "weight": ["?"], "shop": ["never seen"]}), TABLE)
    assert pipeline.predict(later).shape == (1,)


def test_a_missing_number_becomes_the_median_and_a_mark():
    inputs = prepare_inputs(pd.DataFrame({"size": [1.0, 3.0, 8.0, None]}), SIZE)
    features = tabular_linear.scaled_columns(SIZE).fit_transform(inputs)
    assert features[3, 0] == features[1, 0]
    assert features[3, 1] > features[:3, 1].max()


def test_numbers_are_scaled_to_mean_zero_and_spread_one():
    features = tabular_linear.scaled_columns(SIZE).fit_transform(
        prepare_inputs(pd.DataFrame({"size": [1, 2, 9]}), SIZE)
    )
    assert (features[:, 0].mean(), features[:, 0].std()) == pytest.approx((0.0, 1.0))


def test_rare_categories_share_one_column():
    shops = [f"shop {n}" for n in range(500)] + ["main"] * 20
    columns = tabular_linear.scaled_columns(SHOP)
    features = columns.fit_transform(prepare_inputs(pd.DataFrame({"shop": shops}), SHOP))
    assert features.shape == (520, MOST_CATEGORIES)
    assert np.all(features.sum(axis=1) == 1)


def test_thousands_of_categories_fit_into_the_bins_of_trees():
    shops = [f"shop {n % 3_000}" for n in range(6_000)]
    inputs = prepare_inputs(pd.DataFrame({"shop": shops}), SHOP)
    pipeline = tabular_boosting.build(SHOP, PARAMETERS["boosting"], 0).fit(inputs, np.arange(6_000) % 2)
    assert pipeline["columns"].transform(inputs).max() < 255


def test_a_column_that_is_empty_in_one_fold_is_no_error():
    inputs = prepare_inputs(pd.DataFrame({"size": [None, None, 4.0, 5.0]}), SIZE)
    train_features, test_features = tabular_linear.encode(inputs, SIZE)(np.arange(2), np.arange(2, 4))
    assert np.all(np.isfinite(train_features))
    assert np.all(np.isfinite(test_features))


@pytest.mark.parametrize(("n_labels", "n_classes", "count"), [(99, 2, 0), (100, 2, 2), (5_000, 21, 0)])
def test_trees_compete_when_labels_are_enough_and_classes_few(n_labels, n_classes, count):
    assert len(tabular_boosting.candidates(n_labels, n_classes)) == count


def test_tables_suit_and_texts_do_not():
    assert tabular_linear.suits(TABLE)
    assert not tabular_linear.suits(MIXED)
    assert not tabular_linear.suits(())
