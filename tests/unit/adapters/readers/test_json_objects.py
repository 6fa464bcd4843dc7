"""JSON objects that are neither a list nor one a line: their records are found, or what is missing is said."""

import pytest

from hitl.domain.errors import BadInput
from tests.unit.adapters.odd_files import Read


def read(text):
    return Read(text.encode(), name="file.json")


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('{\n"a": 1,\n"b": {"c": "x"}\n}', [("1", "x")]),
        ('{\n"a": 1\n}\n{\n"a": 2\n}\n', [("1",), ("2",)]),
        ('{\n"a": 1\n},\n{\n"a": 2\n}\n', [("1",), ("2",)]),
        ('{"a": [1, 2], "b": ["x", null]}', [("1", "x"), ("2", "")]),
        ('{"columns": ["a", "b"], "index": [0, 1], "data": [[1, "x"], [2, "y"]]}', [("1", "x"), ("2", "y")]),
        ('{"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}', [("1", "x"), ("2", "y")]),
        ('{"count": 2, "data": [{"a": 1}, {"a": 2}]}', [("1",), ("2",)]),
        ('{\n"data": [\n{"a": 1},\n{"a": 2}\n]}', [("1",), ("2",)]),
    ],
)
def test_the_table_in_an_object_is_found(text, cells):
    assert read(text).cells == cells


def test_what_stands_beside_the_list_that_is_read_is_told():
    notes = read('{"count": 2, "data": [{"a": 1}]}').reading.notes
    assert notes == ("The list 'data' is read. Beside it and left out: 'count'.",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"one": [{"a": 1}], "two": [{"a": 1}]}', "several lists: 'one', 'two'"),
        ('{"r1": {"a": 1}, "r2": {"a": 2}}', "Save it as a list of objects"),
        ('{"a": [1, 2], "b": [1]}', "Save it as a list of objects"),
        ('{\n"a": 1\n}\n{\n"a": ', "record 2: it is not JSON"),
        ("{}", "no record with a field"),
    ],
)
def test_what_holds_no_table_is_one_clear_error(text, message):
    with pytest.raises(BadInput, match=message):
        read(text)
