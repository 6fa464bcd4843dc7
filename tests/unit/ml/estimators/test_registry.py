"""The estimators training chooses from."""

import pytest

from hitl.domain.errors import NotFound
from hitl.ml.estimators.registry import ESTIMATORS, find_estimator, suitable_estimators
from tests.unit.ml.small_data import MIXED, TABLE, TEXT


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (TEXT, ["text_linear"]),
        (MIXED, ["text_linear"]),
        (TABLE, ["tabular_linear", "tabular_boosting"]),
        ((), []),
    ],
)
def test_columns_decide_who_competes(fields, names):
    assert [estimator.name for estimator in suitable_estimators(fields)] == names


def test_names_are_unique_and_found():
    assert len({estimator.name for estimator in ESTIMATORS}) == len(ESTIMATORS)
    assert all(find_estimator(estimator.name) is estimator for estimator in ESTIMATORS)


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(NotFound, match=r"no estimator 'forest'.*text_embedded, text_linear, text_joined, tab"):
        find_estimator("forest")
