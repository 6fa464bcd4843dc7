"""The check of a file before its import, and the rows it would leave out as a file."""

import csv
import io
from io import BytesIO

import pytest

from hitl.adapters.rejects_file import RejectsFile
from hitl.domain.fields import Field, Role
from hitl.domain.import_choices import USUAL_CHOICES
from hitl.domain.people import LOCAL_OWNER
from hitl.domain.rows import Reject
from hitl.views.file_check import (
    check_for_plan,
    check_for_project,
    class_names,
    project_state,
    rejects_of_import,
    write_rejects,
)
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    return SmallProject(tmp_path)


def lines_of(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8"))))


def test_a_file_is_checked_as_it_is_read(small):
    data = "id;text;label\nn1;für dich;yes\nn2;zu viel;yess\nn3;zu;viele;Zellen\n".encode("cp1252")
    found = check_for_project(small.db, BytesIO(data), name="a.csv", how={}, choices=USUAL_CHOICES, actor=LOCAL_OWNER)
    assert (found.check.new.rows, found.check.left_out.rows) == ((2,), (3, 4))
    assert lines_of(found.rejects)[1:] == [
        ["3", "label", "label 'yess' is not a class of this project. Did you mean 'yes'?", "n2", "zu viel", "yess"],
        ["4", "", "3 cells were expected, 4 found. Check its quotes and delimiters.", "n3", "zu", "viele", "Zellen"],
    ]


def test_numbers_are_read_as_the_whole_column_says():
    data = b"text;price\n" + b"a;1.234\n" * 600 + b"b;2,50\nc;no\n"
    fields = (Field("text", Role.TEXT), Field("price", Role.NUMBER))
    found = check_for_plan(
        BytesIO(data),
        name="a.csv",
        how={},
        fields=fields,
        class_names=("x", "y"),
        choices=USUAL_CHOICES,
        actor=LOCAL_OWNER,
    )
    assert (found.check.new.count, found.check.broken.rows) == (601, (603,))


def test_a_check_is_the_same_until_something_is_said_or_imported(small):
    before = project_state(small.db)
    assert project_state(small.db) == before
    small.add_rows([("n1", "new", "")])
    assert project_state(small.db) != before


def test_the_classes_in_use_are_named(small):
    assert class_names(small.db) == ("yes", "no")


def test_rejects_are_a_table_without_formulas():
    reject = Reject(3, "=cmd", "Mend it.", ("+1", "a", "\ud800"))
    assert lines_of(write_rejects([reject])) == [
        ["row", "field", "remedy", "cells"],
        ["3", "'=cmd", "Mend it.", "+1", "a", "?"],
    ]


def test_the_file_of_rows_left_out_has_a_bound_and_says_what_is_missing():
    text = io.StringIO()
    rejects = RejectsFile(text, most=200)
    for number in range(2, 102):
        rejects.add(Reject(number, "text", "Shorten it.", ("a" * 60,)))
    rejects.conclude()
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    assert [row[0] for row in rows] == ["row", "2", "3", ""]
    assert rows[-1][2] == "98 more rows are not in this file. Mend these first, then check the file again."


def test_the_rows_an_import_left_out_come_back_whole(small):
    summary = small.add_rows([(f"n{n}", "x", "yess") for n in range(300)] + [("ok", "y", "")])
    assert (summary.rejected_count, len(summary.rejected)) == (300, 200)
    lines = lines_of(rejects_of_import(small.data_dir, small.slug, summary.import_id, actor=small.actor))
    assert (len(lines), lines[-1][3:]) == (301, ["n299", "x", "yess"])
