"""A file before it is imported."""

from io import BytesIO

import pytest

from hitl.domain.errors import BadInput
from hitl.domain.fields import Field, Role
from hitl.domain.rows import Reject
from hitl.views.imports import check_columns, check_roles, read_preview, write_rejects

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


def test_rejects_are_a_table_without_formulas():
    assert write_rejects([Reject(3, "=cmd", "Mend it.")]).decode() == "row,field,remedy\r\n3,'=cmd,Mend it.\r\n"
