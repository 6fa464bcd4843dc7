"""CSV files: which rows are read, which are refused, and how rows are numbered."""

import csv
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.adapters import csv_files
from hitl.adapters.csv_files import open_csv, read_csv
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.rows import Reject, Row


def records_of(data: bytes):
    return list(read_csv(BytesIO(data), name="file.csv").records)


def test_the_header_is_row_1_and_a_record_over_several_lines_is_one_row():
    records = records_of(b'a,b\n"one\ntwo",x\nthree,y\n')
    assert records == [Row(2, {"a": "one\ntwo", "b": "x"}), Row(3, {"a": "three", "b": "y"})]


def test_an_empty_line_counts_as_a_row_and_is_no_record():
    assert [record.number for record in records_of(b"a,b\n1,2\n\n3,4\n")] == [2, 4]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_shows_the_delimiter(delimiter):
    file = read_csv(BytesIO(f"id{delimiter}text\n1{delimiter}x\n".encode()), name="file.csv")
    assert file.columns == ("id", "text")
    assert list(file.records) == [Row(2, {"id": "1", "text": "x"})]


def test_a_comma_in_the_header_outranks_semicolons():
    assert read_csv(BytesIO(b"a;b,c;d;e\n"), name="file.csv").columns == ("a;b", "c;d;e")


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert read_csv(BytesIO("\ufeffid,text\n".encode()), name="f").columns[0] == "id"


def test_line_ends_of_all_systems_are_read():
    assert records_of(b"a,b\r\n1,2\r\n") == records_of(b"a,b\r1,2\r") == records_of(b"a,b\n1,2")


def test_a_wrong_number_of_cells_is_a_reject_with_both_numbers():
    [reject, row] = records_of(b"a,b\n1,2,3\n4,5\n")
    assert isinstance(reject, Reject)
    assert reject.row == 2
    assert "2 cells were expected, 3 found" in reject.message
    assert row == Row(3, {"a": "4", "b": "5"})


def test_bytes_that_are_not_utf_8_reject_their_row_alone():
    [reject, row] = records_of(b"a,b\n1,caf" + b"\xe9\n2,x\n")
    assert (reject.row, reject.field) == (2, "b")
    assert "UTF-8" in reject.message
    assert row.number == 3


def test_a_nul_rejects_its_row_alone():
    [reject, row] = records_of(b"a,b\n1,x\x00y\n2,z\n")
    assert (reject.row, reject.field) == (2, "b")
    assert "NUL" in reject.message
    assert row.number == 3


def test_a_quote_that_is_never_closed_is_a_reject():
    [reject] = records_of(b'a,b\n1,"never\n2,x\n')
    assert (reject.row, "never closed" in reject.message) == (2, True)


def test_a_quote_inside_a_quoted_cell_is_a_reject():
    records = records_of(b'a,b\n1,"he said "no" twice"\n2,x\n')
    assert isinstance(records[0], Reject)
    assert records[-1] == Row(3, {"a": "2", "b": "x"})


def test_a_cell_beyond_the_limit_is_a_reject(monkeypatch):
    monkeypatch.setattr(csv_files, "CELL_LIMIT", 100)
    records = records_of(b"a,b\n1," + b"x" * 101 + b"\n2,y\n")
    assert "more than 100 characters" in records[0].message
    assert records[1].number == 3


def test_a_line_beyond_all_bounds_is_one_error(monkeypatch):
    monkeypatch.setattr(csv_files, "LINE_LIMIT", 100)
    with pytest.raises(BadInput, match="Is it a CSV file"):
        records_of(b"a,b\n" + b"x" * 200)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no header"),
        (b"\n1,2\n", "no header"),
        (b"a,,c\n", "column 2 of the header has no name"),
        (b"a,b,a\n", "'a' more than once"),
        ("a,b\n1,2\n".encode("utf-16"), "not UTF-8 text"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff,\xfe\n", "not UTF-8 text"),
    ],
)
def test_a_header_that_names_no_columns_is_one_clear_error(data, message):
    with pytest.raises(BadInput, match=message):
        records_of(data)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"nowhere\.csv"), open_csv(tmp_path / "nowhere.csv"):
        pass


def test_a_stream_that_was_read_stays_open_for_its_opener():
    stream = BytesIO(b"a\n1\n2\n")
    assert len(list(read_csv(stream, name="file.csv").records)) == 2
    assert stream.tell() == len(b"a\n1\n2\n")


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(cells, cells), max_size=20))
def test_what_a_spreadsheet_writes_is_read_again(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("csv") / "file.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    with open_csv(path) as read:
        assert [tuple(record.values.values()) for record in read.records] == rows
