"""The model inputs of items."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.domain.fields import Field, Role
from hitl.ml.inputs import LARGEST_NUMBER, MISSING_CATEGORY, learnable_fields, names_of, prepare_inputs

FIELDS = (Field("note", Role.TEXT), Field("price", Role.NUMBER), Field("plan", Role.CATEGORY), Field("id", Role.ID))
anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just(pd.NA), st.just(pd.NaT)
)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(anything, max_size=6))
def test_whatever_arrives_has_one_type_a_column(values):
    rows = pd.DataFrame({name: pd.Series(values, dtype=object) for name in ("note", "price", "plan")})
    inputs = prepare_inputs(rows, FIELDS)
    assert inputs.shape == (len(values), 3)
    assert all(isinstance(value, str) for value in [*inputs["note"], *inputs["plan"]])
    numbers = inputs["price"].to_numpy()
    assert numbers.dtype == np.float64
    assert np.all(np.isnan(numbers) | (np.abs(numbers) <= LARGEST_NUMBER))


def test_a_column_that_is_missing_is_missing_in_every_row():
    inputs = prepare_inputs(pd.DataFrame({"note": ["a", "b"]}), FIELDS)
    assert inputs["price"].isna().all()
    assert inputs["plan"].tolist() == [MISSING_CATEGORY] * 2


def test_rows_without_any_column_stay_rows():
    assert len(prepare_inputs(pd.DataFrame(index=range(3)), FIELDS)) == 3


@pytest.mark.parametrize(("raw", "number"), [("2.50", 2.5), (" 7 ", 7.0), (True, 1.0), ("1e3", 1_000.0)])
def test_what_reads_as_a_number_is_one(raw, number):
    assert prepare_inputs(pd.DataFrame({"price": [raw]}, dtype=object), FIELDS)["price"][0] == number


@pytest.mark.parametrize("raw", ["n/a", "", "inf", "-inf", "1e101", None, [1], "1,5"])
def test_what_is_no_usable_number_is_missing(raw):
    rows = pd.DataFrame({"price": pd.Series([raw], dtype=object)})
    assert math.isnan(prepare_inputs(rows, FIELDS)["price"][0])


def test_an_integer_that_came_as_float_is_the_same_category():
    rows = pd.DataFrame({"plan": pd.Series([1, 1.0, "1", " 1 "], dtype=object)})
    assert prepare_inputs(rows, FIELDS)["plan"].tolist() == ["1"] * 4


def test_rows_get_a_fresh_index_in_their_order():
    rows = pd.DataFrame({"note": ["x", "y"]}, index=[9, 4])
    inputs = prepare_inputs(rows, FIELDS)
    assert inputs["note"].tolist() == ["x", "y"]
    assert inputs.index.tolist() == [0, 1]


def test_an_empty_column_is_not_learned_from():
    inputs = prepare_inputs(pd.DataFrame({"note": [" ", ""], "price": ["x", ""], "plan": ["gold", ""]}), FIELDS)
    assert learnable_fields(inputs, FIELDS) == (FIELDS[2],)


def test_names_keep_their_order():
    assert names_of([Field("b", Role.TEXT), Field("n", Role.NUMBER), Field("a", Role.TEXT)], Role.TEXT) == ["b", "a"]
