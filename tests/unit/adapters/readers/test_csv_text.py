"""Tables of text: which rows are read, which are refused, how rows are numbered, what is found out about the form."""

import csv
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.adapters.readers import csv_text, open_table, table
from hitl.domain.errors import BadInput, NotFound
from hitl.domain.rows import Reject, Row
from tests.unit.adapters.odd_files import Read


def records_of(data, **options):
    return Read(data, **options).records


def test_the_header_is_row_1_and_a_record_over_several_lines_is_one_row():
    records = records_of(b'a,b\n"one\ntwo",x\nthree,y\n')
    assert records == [Row(2, {"a": "one\ntwo", "b": "x"}), Row(3, {"a": "three", "b": "y"})]


def test_an_empty_line_counts_as_a_row_and_is_no_record():
    assert [record.number for record in records_of(b"\na,b\n1,2\n\n3,4\n")] == [3, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    read = Read(f"id{delimiter}text\n1{delimiter}x\n".encode())
    assert (read.columns, read.cells, read.options.delimiter) == (("id", "text"), [("1", "x")], delimiter)


def test_the_delimiter_that_gives_even_rows_wins():
    assert Read(b"id;name, given;price\n1;Smith;1,50\n2;Ng, A;2,75\n").options.delimiter == ";"
    assert Read(b"id,text;note\n1,x\n2,y;z\n").options.delimiter == ","


def test_a_line_for_excel_names_the_delimiter_and_counts_as_a_row():
    assert records_of(b"sep=|\na|b\n1|2,5\n") == [Row(3, {"a": "1", "b": "2,5"})]


def test_single_quotes_are_found_out():
    assert records_of(b"a,b\n'one, two',3\n'four',5\n")[0] == Row(2, {"a": "one, two", "b": "3"})


def test_an_apostrophe_is_no_quote():
    assert Read(b"a,b\nit's,'tis\ndon't,x\n").cells == [("it's", "'tis"), ("don't", "x")]


@pytest.mark.parametrize(
    ("data", "has_header"),
    [
        (b"id,price\n1,2.5\n2,3\n", True),
        (b"1,2.5\n2,3.5\n", False),
        (b"1;2,5\n2;3,5\n", False),
        (b"name,2023,2024\na,1,2\n", True),
        (b"text\nhello\n", True),
        (b"a,b\n", True),
        (b"7,x\nn/a,y\n8,z\n", False),
    ],
)
def test_whether_the_first_row_names_the_columns_is_found_out(data, has_header):
    assert Read(data).options.has_header is has_header


def test_without_a_header_the_columns_are_numbered_and_the_first_row_is_an_item():
    read = Read(b"x,y\nz,w\n", has_header=False)
    assert (read.columns, read.records[0]) == (("column 1", "column 2"), Row(1, {"column 1": "x", "column 2": "y"}))


def test_what_is_chosen_outranks_what_would_be_found():
    read = Read("1;caf\xe9\n".encode("latin-1"), encoding="cp1252", delimiter=";", has_header=True)
    assert read.columns == ("1", "caf\xe9")


def test_reading_again_with_the_options_found_gives_the_same():
    data = "größe;note\n1,5;naïve\n2,5;'x'\n".encode("cp1252")
    first = Read(data)
    again = Read(data, **first.options.to_json())
    assert (again.records, again.options) == (first.records, first.options)


def test_a_byte_order_mark_is_no_part_of_the_first_name():
    assert Read("\ufeffid,text\n1,x\n".encode()).columns[0] == "id"


def test_line_ends_of_all_systems_are_read():
    assert records_of(b"a,b\r\n1,2\r\n") == records_of(b"a,b\r1,2\r") == records_of(b"a,b\n1,2")


def test_a_wrong_number_of_cells_is_a_reject_with_both_numbers():
    [long, short, row] = records_of(b"a,b\n1,2,3\n1\n4,5\n", delimiter=",")
    assert (long.row, short.row) == (2, 3)
    assert "2 cells were expected, 3 found" in long.message
    assert "2 cells were expected, 1 found" in short.message
    assert row == Row(4, {"a": "4", "b": "5"})


def test_empty_cells_beyond_the_last_column_are_no_fault():
    assert Read(b"a,b\n1,2,,\n", delimiter=",").cells == [("1", "2")]


def test_bytes_that_are_no_text_reject_their_row_alone():
    [reject, row] = records_of("a,b\n1,x\n2,é\n".encode().replace(b"x", b"caf\xe9"), encoding="utf-8")
    assert (reject.row, reject.field) == (2, "b")
    assert "Choose another encoding" in reject.message
    assert row.number == 3


def test_a_nul_rejects_its_row_alone():
    [reject, row] = records_of(b"a,b\n1,x\x00y\n2,z\n")
    assert (reject.row, reject.field) == (2, "b")
    assert "NUL" in reject.message
    assert row.number == 3


def test_a_quote_that_is_never_closed_rejects_its_row_and_swallows_no_other():
    reject, row = records_of(b'a,b\n1,"never\n2,x\n')
    assert (reject.row, "never closed" in reject.message) == (2, True)
    assert row == Row(3, {"a": "2", "b": "x"})


def test_a_quote_closed_by_the_opening_of_another_row_swallows_none_between():
    found = records_of(b'a,b\n1,"open\n2,x\n3,"y"\n4,z\n')
    assert [one.row if isinstance(one, Reject) else one.values["a"] for one in found] == [2, "2", "3", "4"]


def test_a_long_cell_with_a_wrong_quote_is_one_reject_and_none_of_its_lines_a_row():
    found = records_of(b'a,b\n1,"first\nsecond "wrong" line\nthird"\n2,x\n')
    assert [one.row for one in found if isinstance(one, Reject)] == [2, 3]
    assert found[-1].values == {"a": "2", "b": "x"}


def test_a_quote_inside_a_quoted_cell_is_a_reject():
    records = records_of(b'a,b\n1,"he said "no" twice"\n2,x\n')
    assert isinstance(records[0], Reject)
    assert records[-1] == Row(3, {"a": "2", "b": "x"})


def test_a_lone_quote_in_the_middle_of_a_cell_is_text():
    assert Read(b'a,b\n1,5" pipe\n').cells == [("1", '5" pipe')]


def test_a_cell_of_a_megabyte_is_read():
    assert len(Read(b"a,b\n1," + b"x" * 1_000_000 + b"\n").cells[0][1]) == 1_000_000


def test_a_cell_beyond_the_limit_is_a_reject(monkeypatch):
    monkeypatch.setattr(csv_text, "CELL_LIMIT", 100)
    records = records_of(b"a,b\n1," + b"x" * 101 + b"\n2,y\n")
    assert "more than 100 characters" in records[0].message
    assert records[1].number == 3


def test_a_line_beyond_all_bounds_is_one_error(monkeypatch):
    monkeypatch.setattr(csv_text, "LINE_LIMIT", 100)
    with pytest.raises(BadInput, match="Is it a table"):
        records_of(b"a,b\n" + b"x" * 200)


def test_more_rows_than_the_limit_are_one_error(monkeypatch):
    monkeypatch.setattr(table, "ROW_LIMIT", 2)
    with pytest.raises(BadInput, match="more than 2 rows"):
        records_of(b"a\n1\n2\n3\n")


def test_ten_thousand_columns_are_refused_with_the_limit():
    with pytest.raises(BadInput, match=r"10,000 columns; up to 2,000"):
        records_of(",".join(f"c{n}" for n in range(10_000)).encode() + b"\n")


def test_names_that_are_missing_or_stand_twice_are_made_up_and_told():
    read = Read(b"a,,a,column 2\n1,2,3,4\n")
    assert len(set(read.columns)) == 4
    assert (read.columns[0], read.columns[2], read.columns[3]) == ("a", "a (2)", "column 2")
    assert len(read.reading.notes) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "no header"),
        (b" , \n1,2\n", "no header"),
        (b"a\x00b,c\n1,2\n", "not a table of text"),
        (b"x" * 300 + b"\ny\n", "longer than 200 characters"),
        (b'"never closed\n1,2\n', "first row can't be read"),
    ],
)
def test_a_header_that_names_no_columns_is_one_clear_error(data, message):
    with pytest.raises(BadInput, match=message):
        records_of(data)


@pytest.mark.parametrize("options", [{"delimiter": "::"}, {"quote": ""}, {"delimiter": '"', "quote": '"'}])
def test_an_impossible_delimiter_or_quote_is_refused(options):
    with pytest.raises(BadInput, match="character"):
        records_of(b"a,b\n1,2\n", **options)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(NotFound, match=r"nowhere\.csv"), open_table(tmp_path / "nowhere.csv"):
        pass
    with pytest.raises(BadInput, match="can't be read"), open_table(tmp_path):
        pass


def test_a_stream_that_was_read_stays_open_for_its_opener():
    stream = BytesIO(b"a\n1\n2\n")
    with open_table(stream, name="file.csv") as opened:
        assert len(list(opened.records)) == 2
    assert stream.tell() == len(b"a\n1\n2\n")


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(cells, cells), max_size=20), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_spreadsheet_writes_is_read_again(rows, delimiter):
    text = StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, delimiter=delimiter).writerows([("a", "b"), *rows])
    read = Read(text.getvalue().encode(), has_header=True, delimiter=delimiter)
    assert read.cells == rows
