"""Cells become typed fields, or a reject that names row, field and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.fields import Field, Role
from hitl.domain.record_reading import ClassVocabulary, ReadRow, missing_columns, parse_number, read_row
from hitl.domain.rows import Reject, Row

FIELDS = (
    Field("id", Role.ID),
    Field("text", Role.TEXT),
    Field("amount", Role.NUMBER),
    Field("plan", Role.CATEGORY),
    Field("label", Role.LABEL),
    Field("said", Role.PREDICTION),
    Field("sure", Role.CONFIDENCE),
    Field("note", Role.IGNORE),
)


def read(**cells):
    full = {"id": "a", "text": "hello", "amount": "1", "plan": "x", "label": "", "said": "", "sure": "", "note": "n"}
    return read_row(Row(5, {**full, **cells}), FIELDS, id_prefix="file")


def test_a_row_becomes_typed_fields_without_the_ignored_ones():
    assert read(amount=" 2.5 ", label=" yes ").fields == {"text": "hello", "amount": 2.5, "plan": "x"}


def test_text_keeps_its_blanks_because_it_is_shown():
    assert read(text="  a\n b ").fields["text"] == "  a\n b "


def test_an_empty_label_is_none():
    assert read().label is None


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null", "-"])
def test_a_missing_number_is_none(cell):
    assert read(amount=cell).fields["amount"] is None


@pytest.mark.parametrize("cell", ["1,5", "ten", "inf", "1_000"])
def test_what_is_no_number_is_rejected_by_row_and_field(cell):
    found = read(amount=cell)
    assert isinstance(found, Reject)
    assert (found.row, found.field) == (5, "amount")
    assert cell in found.message


def test_an_empty_id_is_rejected():
    assert read(id=" ") == Reject(5, "id", "The id is empty. Give every row its own id.")


def test_an_empty_row_is_rejected():
    assert read(text="", amount="", plan="").message == "The row is empty."


@pytest.mark.parametrize("cell", ["1.2", "-0.1", "high", ""])
def test_a_confidence_outside_its_range_is_rejected(cell):
    found = read(said="yes", sure=cell)
    assert (found.field, "0 to 1" in found.message) == ("sure", True)


def test_a_confidence_without_a_prediction_is_not_looked_at():
    assert isinstance(read(sure="high"), ReadRow)


def test_rows_without_an_id_column_are_named_by_file_and_place():
    found = read_row(Row(9, {"text": "a"}), (Field("text", Role.TEXT),), id_prefix="ab12")
    assert found.external_id == "ab12-9"


def test_only_columns_that_items_need_are_missed():
    assert missing_columns(["id", "amount", "plan"], FIELDS) == ["text"]


def test_a_class_is_found_whatever_its_capitals():
    words = ClassVocabulary(is_open=False)
    words.add(4, ["Refund"])
    assert (words.find(" REFUND "), words.find("refnd")) == (4, None)


def test_the_complaint_names_the_nearest_class():
    words = ClassVocabulary(is_open=False)
    words.add(4, ["Refund"])
    assert words.complaint("refnd").endswith("Did you mean 'Refund'?")
    assert "Add the class" in words.complaint("weather")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_its_text(number):
    assert parse_number(repr(number)) == number
