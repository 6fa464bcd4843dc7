"""JSON: lines and lists, nested fields by path, every odd record named."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.adapters.readers import json_text
from hitl.domain.errors import BadInput
from hitl.domain.rows import Row
from tests.unit.adapters.odd_files import Read


def lines(text):
    return Read(text.encode(), name="file.jsonl")


def test_nested_fields_are_flattened_by_path_and_lists_are_json():
    read = lines('{"id": 1, "who": {"name": "Ä", "at": {"x": true}}, "tags": ["a", {"b": 1.50}], "none": null}')
    assert read.records == [
        Row(1, {"id": "1", "who.name": "Ä", "who.at.x": "true", "tags": '["a", {"b": 1.50}]', "none": ""})
    ]


def test_the_columns_are_the_fields_of_all_records():
    read = lines('{"a": 1}\n{"b": 2}\n')
    assert (read.columns, read.cells) == (("a", "b"), [("1", ""), ("", "2")])


def test_numbers_keep_every_digit_and_nan_its_name():
    read = lines('{"a": 1.10, "b": 12345678901234567890123, "c": 1e400, "d": NaN}')
    assert read.cells == [("1.10", "12345678901234567890123", "1e400", "NaN")]


def test_a_number_of_ten_thousand_digits_is_read():
    assert len(lines('{"a": ' + "1" * 10_000 + "}").cells[0][0]) == 10_000


def test_rows_are_numbered_as_lines_and_blank_lines_are_none():
    assert [one.number for one in lines('{"a": 1}\n\n{"a": 2}\n').records] == [1, 3]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": ', "not JSON"),
        ("[1, 2]", "An object was expected"),
        ('"text"', "An object was expected"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": {"b": 1}, "a.b": 2}', "the path 'a.b'"),
        ('{"a": "x\\u0000"}', "NUL"),
        ('{"a": "\\ud800"}', "no text"),
        ('{"a": ' * 150 + "1" + "}" * 150, "levels deep"),
        ('{"a": ' + "[" * 5_000 + "]" * 5_000 + "}", "levels deep"),
    ],
)
def test_a_line_that_is_no_record_is_a_reject_alone(line, reason):
    read = lines(f'{{"a": "fine"}}\n{line}\n{{"a": "too"}}\n')
    assert [row.number for row in read.records if isinstance(row, Row)] == [1, 3]
    assert (read.rejects[0].row, reason in read.rejects[0].message) == (2, True)


def test_a_list_is_read_over_all_its_lines():
    read = Read(b'\xef\xbb\xbf [\n {"a": 1,\n "b": "x"},\n {"a": 2}\n]\n', name="file.json")
    assert (read.reading.kind, read.records[1]) == ("a JSON list", Row(2, {"a": "2", "b": ""}))


def test_a_list_longer_than_the_window_is_read_whole(monkeypatch):
    monkeypatch.setattr(json_text, "_CHUNK_CHARACTERS", 7)
    records = [{"a": n, "text": "x" * n} for n in range(40)]
    read = Read(json.dumps(records).encode(), name="file.json")
    assert read.cells == [(str(n), "x" * n) for n in range(40)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, {"a": ', "record 2: it is not JSON"),
        ('[{"a": 1} {"a": 2}]', "after record 1"),
        ('[{"a": 1},]', "after record 1"),
        ('[{"a": 1}', "after record 1"),
        ('[{"a": 1}] x', "goes on after its list"),
        ("[" * 5_000, "levels deep"),
        ("[]", "no record with a field"),
        ("[{}]", "no record with a field"),
        ("plain text", "no JSON that can be read as a table"),
    ],
)
def test_a_file_of_another_shape_is_one_clear_error(text, message):
    with pytest.raises(BadInput, match=message):
        Read(text.encode(), name="file.json")


def test_json_lines_are_told_by_their_content_too():
    assert Read(b'{"a": "x", "b": 2}\n', name="export.txt").columns == ("a", "b")


def test_utf_16_is_read():
    assert Read('[{"a": "é"}]'.encode("utf-16"), name="file.json").cells == [("é",)]


def test_too_many_fields_are_refused():
    with pytest.raises(BadInput, match="up to 2,000"):
        lines(json.dumps({f"f{n}": n for n in range(2_001)}))


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.fixed_dictionaries({"a": texts, "b": texts}), min_size=1, max_size=9), st.booleans())
def test_what_is_written_is_read_again(records, ascii_only):
    as_lines = "".join(json.dumps(one, ensure_ascii=ascii_only) + "\n" for one in records)
    as_list = json.dumps(records, ensure_ascii=ascii_only, indent=1)
    for data, name in [(as_lines, "f.jsonl"), (as_list, "f.json")]:
        assert [dict(row.values) for row in Read(data.encode(), name=name).records] == records
