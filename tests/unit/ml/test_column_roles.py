"""A first guess at what each column is for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer

from hitl.domain.fields import Role
from hitl.ml.column_roles import propose_roles

N_ROWS = 60


def role_of(name, values):
    proposed = propose_roles(pd.DataFrame({name: pd.Series([str(value) for value in values], dtype=object)}))
    return proposed[0].role


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("ticket_id", range(N_ROWS), Role.ID),
        ("customerID", [f"{n:04d}-X" for n in range(N_ROWS)], Role.ID),
        ("sku", [f"A{n}" for n in range(N_ROWS)], Role.ID),
        ("price", [n * 1.5 for n in range(N_ROWS)], Role.NUMBER),
        ("plan", ["gold", "silver", "free"] * 20, Role.CATEGORY),
        ("message", [f"the card number {n} was declined again" for n in range(N_ROWS)], Role.TEXT),
        ("label", ["yes", "no"] * 30, Role.LABEL),
        ("Churn", ["Yes", "No"] * 30, Role.LABEL),
        ("shop", [f"shop {n % 55}" for n in range(600)], Role.SLICE),
        ("source", ["web"] * N_ROWS, Role.IGNORE),
        ("note", [""] * N_ROWS, Role.IGNORE),
        ("flag", ["0", "1"] * 30, Role.CATEGORY),
    ],
)
def test_a_column_gets_the_role_people_would_give_it(name, values, role):
    assert role_of(name, values) is role


def test_the_label_is_the_last_column_that_could_be_one():
    values = ["a", "b"] * 30
    proposed = propose_roles(pd.DataFrame({"category": values, "class": values, "target": values}))
    assert [one.role for one in proposed] == [Role.CATEGORY, Role.CATEGORY, Role.LABEL]


def test_a_column_of_few_values_that_is_mostly_empty_is_the_label():
    answers = ["red", "blue", "red"] * 4 + [""] * 48
    texts = [f"the card number {n} was declined again" for n in range(N_ROWS)]
    proposed = propose_roles(pd.DataFrame({"message": texts, "plan": ["a", "b"] * 30, "colour": answers}))
    assert [one.role for one in proposed] == [Role.TEXT, Role.CATEGORY, Role.LABEL]
    assert proposed[2].reason.startswith("Mostly empty, and else 2 different values")


def test_a_column_called_label_wins_over_any_other():
    values = ["a", "b"] * 30
    proposed = propose_roles(pd.DataFrame({"label": values, "target": values}))
    assert [one.role for one in proposed] == [Role.LABEL, Role.CATEGORY]


def test_a_column_of_names_is_no_label_whatever_it_is_called():
    assert role_of("class", [f"class of {n} and more" for n in range(N_ROWS)]) is Role.TEXT


def test_measurements_are_numbers():
    cancer = load_breast_cancer(as_frame=True).frame.head(200).astype(str)
    roles = {one.name: one.role for one in propose_roles(cancer)}
    assert roles.pop("target") is Role.LABEL
    assert set(roles.values()) == {Role.NUMBER}


@settings(max_examples=40, deadline=None)
@given(
    columns=st.dictionaries(
        st.text(min_size=1, max_size=8), st.lists(st.text(max_size=6), min_size=4, max_size=4), max_size=5
    )
)
def test_every_column_gets_a_role_and_a_sentence_and_one_at_most_is_the_label(columns):
    proposed = propose_roles(pd.DataFrame(columns))
    assert [one.name for one in proposed] == list(columns)
    assert all(one.reason.endswith(".") for one in proposed)
    assert sum(one.role is Role.LABEL for one in proposed) <= 1


def test_missing_values_count_as_empty():
    proposed = propose_roles(pd.DataFrame({"gone": [None, np.nan, pd.NA]}))
    assert proposed[0].role is Role.IGNORE


def test_a_file_without_rows_ignores_its_columns():
    assert [one.role for one in propose_roles(pd.DataFrame({"text": [], "label": []}))] == [Role.IGNORE] * 2
