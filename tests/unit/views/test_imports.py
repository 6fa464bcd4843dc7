"""A file before it is imported."""

from io import BytesIO

import pytest

from hitl.adapters.readers.date_styles import DateStyle
from hitl.domain.errors import BadInput
from hitl.domain.fields import Field, Role
from hitl.views.imports import check_columns, check_roles, how_to_read, read_preview

FILE = b"id,message,label\n" + b"".join(
    f"m{n},the parcel number {n} is late,{('late', 'lost')[n % 2]}\n".encode() for n in range(20)
)


def preview(text=FILE):
    return read_preview(BytesIO(text), name="tickets.csv")


def test_the_first_rows_and_a_role_for_each_column_are_shown():
    found = preview()
    assert [(column.name, column.role) for column in found.columns] == [
        ("id", Role.ID),
        ("message", Role.TEXT),
        ("label", Role.LABEL),
    ]
    assert len(found.rows) == 5
    assert found.values["label"] == ("late", "lost")


def test_the_stream_is_read_from_its_beginning_every_time():
    stream = BytesIO(FILE)
    assert read_preview(stream, name="a.csv") == read_preview(stream, name="a.csv")


def test_a_row_that_cannot_be_read_does_not_stop_the_preview():
    assert len(preview(b"id,text\n1,one,too many\n2,fine\n").rows) == 1


def test_a_header_alone_is_refused():
    with pytest.raises(BadInput, match="has no rows below its header"):
        preview(b"id,text\n")


def test_a_missing_column_is_named_with_those_there_are():
    with pytest.raises(BadInput, match=r"no column 'tone'.*id, message, label"):
        check_columns(preview(), [Field("tone", Role.TEXT)])


def test_a_missing_label_column_is_no_fault():
    check_columns(preview(b"id,text\n1,one\n"), [Field("text", Role.TEXT), Field("label", Role.LABEL)])


def test_something_has_to_be_learned_from():
    with pytest.raises(BadInput, match="No column is learned from"):
        check_roles([Field("id", Role.ID), Field("label", Role.LABEL)], class_names=())


def test_without_a_label_column_two_classes_are_needed():
    fields = [Field("text", Role.TEXT)]
    with pytest.raises(BadInput, match="at least two classes"):
        check_roles(fields, class_names=("one",))
    check_roles(fields, class_names=("one", "two"))


def test_an_existing_models_answers_bring_the_classes():
    check_roles([Field("text", Role.TEXT), Field("answer", Role.PREDICTION)], class_names=())


def dated(*days):
    rows = "".join(f"{day},the parcel is late today,late\n" for day in days)
    return read_preview(BytesIO(f"day,message,label\n{rows}".encode()), name="a.csv").columns[0]


def test_a_column_of_dates_is_shown_and_says_which_comes_first():
    found = dated("03/04/2024", "31/04/2024", "28/02/2024")
    assert (found.role, found.dates, found.date_example) == (Role.SHOWN, DateStyle.DAY_FIRST, "31/04/2024")
    assert dated("28/02/2024").reason.endswith("28/02/2024 is read as 2024-02-28.")


def test_dates_that_can_be_read_in_two_ways_stay_and_say_so():
    found = dated("03/04/2024", "05/06/2024")
    assert found.dates is None
    assert "can be read in two ways" in found.reason


def test_an_order_of_dates_that_a_person_chose_goes_to_the_job():
    data = b"day,message\n03/04/2024,the parcel is late\n05/06/2024,the parcel is lost\n"
    found = read_preview(BytesIO(data), name="a.csv", dates={"day": DateStyle.MONTH_FIRST})
    fields = [Field("day", Role.SHOWN), Field("message", Role.TEXT)]
    assert how_to_read(found, fields)["dates"] == {"day": "month_first"}


def test_a_column_of_web_addresses_is_a_link():
    rows = "".join(f"https://desk.example/{n},text {n} is long enough\n" for n in range(12))
    found = read_preview(BytesIO(f"source,text\n{rows}".encode()), name="a.csv")
    assert found.columns[0].role is Role.LINK
