"""Decimal comma and thousands separators: by the evidence of the whole column, never by a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.adapters.readers.number_styles import NumberStyle, find_styles, plain_number, plain_numbers
from hitl.domain.rows import Reject, Row

PLAIN, COMMA, POINT = NumberStyle.PLAIN, NumberStyle.COMMA, NumberStyle.POINT


def rows_of(cells):
    return [Row(number, {"n": cell}) for number, cell in enumerate(cells, start=2)]


def evidence(*cells):
    return find_styles(rows_of(cells), ["n"])["n"]


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["1", "2.5", "1e3", "", "n/a"], PLAIN),
        (["1,5", "2"], COMMA),
        (["1.234,56"], COMMA),
        (["1.234.567"], COMMA),
        (["0,123"], COMMA),
        (["1,234.5"], POINT),
        (["1,234,567"], POINT),
        (["1,234", "2.5"], POINT),
        (["1,234", "2,5"], COMMA),
        (["1.234", "2,5"], COMMA),
        (["1 234", "5"], POINT),
        (["1\u202f234,5"], COMMA),
        (["1'234.50"], POINT),
        (["1.234", "5.678"], PLAIN),
        (["1,234", "5,678"], None),
        (["1,5", "2.5"], None),
        (["text", "more, text"], PLAIN),
    ],
)
def test_the_style_follows_from_all_cells(cells, style):
    assert evidence(*cells).style() is style


def test_what_reads_both_ways_is_open_until_a_cell_settles_it():
    assert evidence("1.234").is_open()
    assert not evidence("1.234", "1,5").is_open()


@pytest.mark.parametrize(
    ("text", "style", "plain"),
    [
        ("1.234,56", COMMA, "1234.56"),
        (" -1,5 ", COMMA, "-1.5"),
        ("1,234.56", POINT, "1234.56"),
        ("1\u00a0234,5", COMMA, "1234.5"),
        ("12.34", COMMA, "12.34"),
        ("n/a", COMMA, "n/a"),
        ("1.234", COMMA, "1234"),
        ("1.234", POINT, "1.234"),
    ],
)
def test_a_number_is_put_plainly_and_what_is_none_stays(text, style, plain):
    assert plain_number(text, style) == plain


def test_other_columns_and_rejects_pass_untouched():
    reject = Reject(3, "", "why")
    made = list(plain_numbers([Row(2, {"n": "1,5", "text": "1,5"}), reject], {"n": COMMA}))
    assert made == [Row(2, {"n": "1.5", "text": "1,5"}), reject]


@given(st.floats(-1e12, 1e12).map(lambda value: round(value, 2)))
def test_a_number_survives_both_styles(value):
    american = f"{value:,.2f}"
    german = american.translate(str.maketrans(",.", ".,"))
    assert float(plain_number(american, POINT)) == float(plain_number(german, COMMA)) == value
