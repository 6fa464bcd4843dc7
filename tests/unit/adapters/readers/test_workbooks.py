"""Workbooks: sheets, dates, stored results, merged cells; what would be lost or too large is told first."""

import gc
from base64 import b64decode
from datetime import date, datetime, time, timedelta
from io import BytesIO
from zlib import decompress

import pytest
from openpyxl import Workbook

from hitl.adapters.readers import open_table, workbook_check, workbooks
from hitl.domain.errors import BadInput
from hitl.domain.rows import Row
from tests.unit.adapters.odd_files import Read, ods_of, xlsx_of

XLS = (  # three cells by three, as Excel 97 wrote them
    "eNrtWE1oE0EU/may+aVNk5gKrVBCwaq1PYgXL+2qVHtKqXrwB0FTE7BUUgmC6EGrNUdB8KR4KdSDl6oXf1DBn4sHoaIHQRASPUlPgoKHNut7"
    "L7ttWis0oIXKfMu8efNmvp238/N2d95Ox0sT91vLWIJe+FBxwgjU2BSlsFeIgeodh1UvD1FyDNYUwiGayIAfTxrfBHkOeb7L0LhnvSAJfKZ0"
    "FKcxMJrPpVYRu8WHjGIfekgq3CJLFC3iVULkCZHrRN6Vlk9F7hTLVZE91LakjmDaHujc4a7iQ7pd6qLg+z4UzkexbEMzXvMqvnhNVdv6sasw"
    "nDm1xirarAZMgia0P5fPFbjchNuIAIcJ3el0d19fCUma7En8cFLAd29XP08Z++raFcj+c7E9+Ad7iCZxqf26toAxOMdlkxQpQFtWdS0cmKWm"
    "flI50eoezlLF2ZO5PK0VThlKXyMc0yUGxBbFgEbZGw0ks2gSPS47JEZOzN759i49NGgfE8uYxP3q22EjOwMHl5hB5KjU+OZlpzC2irwsd90g"
    "eqvIJHlKecdgs6vsHZc2V6S2g/rZLnhvb6rRN5NenNn3qK34xd5C+lR/+Xxy6oM9gXYajCzx+RpHl+pSN28wHttertxI8klky29RJaRjru+O"
    "+wpswhzvI0JcZLXEo6PmS9odK2arZdhK2Dwez6h/9i6Bl6+YNeNjNvP0MjwtPB5hpQPunFzQbGcuj3WvTuABN6MYuIAIDAwMDAwMDAwMDBbO"
    "dLT7dW65/wr8/R90z3XmKFXMMcl/i/0YpesM/SnuQZ7yAs7VtX7Ww6+8e6kVcrzzQsZB6r2AEQyJHyN1r1/6f1O1z7NiYuzvbaF6+6/U4+c/"
    "7v8XFpzQmw=="
)


def book_of(rows, **more_sheets):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for name, cells in more_sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    return book


def saved(book):
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def read(book, **options):
    return Read(saved(book), name="book.xlsx", **options)


def test_cells_are_text_as_they_stand():
    found = read(book_of([["id", "n", "t"], ["a", 3, True], ["b", 2.5, False], ["c", 1e20, None], ["007", -1, "x\ny"]]))
    assert found.cells == [("a", "3", "true"), ("b", "2.5", "false"), ("c", "1e+20", ""), ("007", "-1", "x\ny")]


def test_dates_are_iso():
    moment = datetime(2024, 1, 5, 13, 30, 15)  # noqa: DTZ001  workbooks know no zones
    book = book_of([["when"], [date(2024, 1, 5)], [moment], [time(3, 4, 5)]])
    book.active.append([timedelta(hours=30)])
    book.active["A5"].number_format = "[h]:mm:ss"
    assert read(book).cells == [("2024-01-05",), ("2024-01-05T13:30:15",), ("03:04:05",), ("30:00:00",)]


def test_rows_keep_the_numbers_of_the_sheet():
    book = Workbook()
    book.active["B3"], book.active["C3"], book.active["B6"], book.active["C6"] = "id", "text", "a", "x"
    assert read(book).records == [Row(6, {"id": "a", "text": "x"})]


def test_the_first_visible_sheet_with_cells_is_read_unless_another_is_chosen():
    book = book_of([], Notes=[["x"], ["from notes"]], Data=[["y"], ["from data"]])
    book["Notes"].sheet_state = "hidden"
    assert (read(book).cells, read(book).options.sheet) == ([("from data",)], "Data")
    assert read(book).reading.sheets == ("Sheet", "Data", "Notes")
    assert read(book, sheet="Notes").cells == [("from notes",)]


@pytest.mark.parametrize(("sheet", "message"), [("Sheet", "'Sheet' is empty"), ("Gone", "no sheet 'Gone'")])
def test_a_sheet_without_cells_or_that_is_not_there_is_refused(sheet, message):
    with pytest.raises(BadInput, match=message):
        read(book_of([], Data=[["y"], ["1"]]), sheet=sheet)


def test_a_book_without_cells_is_refused():
    with pytest.raises(BadInput, match="no sheet with cells"):
        read(Workbook())


def test_across_columns_a_merged_value_stands_in_the_first_cell_and_is_told():
    book = book_of([["a", "b"], ["both", None], ["x", "y"]])
    book.active.merge_cells("A2:B2")
    found = read(book)
    assert found.cells[0] == ("both", "")
    assert found.reading.notes == (
        "1 merged range across columns or in the header: the value stands in the first cell alone.",
    )


def test_down_the_rows_a_merged_value_is_repeated_and_told():
    book = book_of([["region", "n"], ["north", 1], [None, 2], [None, 3], ["south", 4], ["west", 5], [None, 6]])
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("A6:A7")
    found = read(book)
    assert [cells[0] for cells in found.cells] == ["north", "north", "north", "south", "west", "west"]
    assert found.reading.notes == ("2 merged ranges: the value is repeated in each of their rows.",)


def test_a_block_of_merged_cells_is_repeated_in_its_first_column():
    book = book_of([["a", "b", "c"], ["x", None, 1], [None, None, 2], ["y", "z", 3]])
    book.active.merge_cells("A2:B3")
    assert read(book).cells == [("x", "", "1"), ("x", "", "2"), ("y", "z", "3")]


def test_a_merged_name_of_a_column_is_no_value():
    book = book_of([["id", "marks", None], [None, "first", "second"], ["a", 1, 2]])
    book.active.merge_cells("A1:A2")
    book.active.merge_cells("B1:C1")
    assert read(book).cells == [("", "first", "second"), ("a", "1", "2")]


def test_rows_that_hold_nothing_but_a_merged_value_are_no_items():
    book = book_of([["region", "n"], ["north", 1], [None, None], [None, 2]])
    book.active.merge_cells("A2:A6")
    assert read(book).cells == [("north", "1"), ("north", "2")]


def test_without_a_header_the_first_row_is_repeated_too():
    book = book_of([["north", 1], [None, 2], ["south", 3]])
    book.active.merge_cells("A1:A2")
    assert read(book, has_header=False).cells == [("north", "1"), ("north", "2"), ("south", "3")]


def test_the_stored_result_of_a_formula_is_read():
    rows = '<row r="1"><c r="A1" t="str"><f>X</f><v>sum</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    assert Read(xlsx_of(rows), name="b.xlsx").cells == [("2",)]


@pytest.mark.parametrize("empty", ["", "<v/>", "<v></v>"])
def test_a_formula_without_a_result_is_refused_with_its_cell(empty):
    rows = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2" s="3"><f>1+1</f>{empty}</c></row>'
    with pytest.raises(BadInput, match="formulas in 'A2' have no stored result"):
        Read(xlsx_of(rows), name="b.xlsx")


def test_a_formula_that_gives_an_empty_text_is_none_of_these():
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f>X</f><v></v></c></row>'
    assert Read(xlsx_of(rows), name="b.xlsx", has_header=False).cells == [("1",)]


def test_error_cells_are_told():
    found = read(book_of([["id", "n"], ["a", "#N/A"], ["b", 1]]))
    assert (found.cells[0], "1 cell" in found.reading.notes[0]) == (("a", ""), True)


def test_two_cells_that_span_the_world_are_refused():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(BadInput, match="spans more than 10,000,000 cells"):
        Read(xlsx_of(rows), name="b.xlsx")


def test_a_workbook_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(workbook_check, "PART_LIMIT", 1_000_000)
    with pytest.raises(BadInput, match="Save the sheet as CSV"):
        Read(xlsx_of(" " * 2_000_000), name="b.xlsx")


@pytest.mark.parametrize("data", [xlsx_of("<row><c>"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600])
def test_a_damaged_workbook_is_one_sentence(data):
    with pytest.raises(BadInput, match="damaged or locked"):
        Read(data, name="b.xlsx")


def test_a_workbook_that_ends_its_loader_is_damaged():
    data = bytearray(decompress(b64decode(XLS)))
    data[44:76] = b"\xff" * 32
    with pytest.raises(BadInput, match="damaged or locked"):
        Read(bytes(data), name="b.xls")


def test_a_sheet_that_is_not_read_to_its_end_leaves_no_process(monkeypatch):
    started = []
    start = workbooks._start
    monkeypatch.setattr(workbooks, "_start", lambda *given: started.append(start(*given)) or started[-1])
    data = saved(book_of([["id"], *[[f"m{n}"] for n in range(20_000)]]))
    with open_table(BytesIO(data), name="b.xlsx") as opened:
        assert next(opened.records) == Row(2, {"id": "m0"})
        assert started[0].poll() is None
        del opened
    gc.collect()
    assert started[0].poll() is not None


def cell(text, more=""):
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def test_an_open_document_is_read():
    rows = "".join(f"<table:table-row>{cell(a)}{cell(b)}</table:table-row>" for a, b in [("a", "b"), ("x", "é")])
    found = Read(ods_of(rows), name="b.ods")
    assert (found.columns, found.cells) == (("a", "b"), [("x", "é")])


def test_an_open_document_that_repeats_a_cell_without_end_is_refused():
    repeated = cell("x", ' table:number-columns-repeated="16384"')
    rows = f'<table:table-row table:number-rows-repeated="1000000">{repeated}</table:table-row>'
    with pytest.raises(BadInput, match="spans more than"):
        Read(ods_of(rows), name="b.ods")


def test_an_old_workbook_is_read():
    found = Read(decompress(b64decode(XLS)), name="old.xls")
    assert (found.columns, found.cells) == (("id", "when", "n"), [("a", "2024-01-05", "2.5"), ("é", "", "3")])
