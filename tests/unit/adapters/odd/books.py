"""Odd workbooks."""

from datetime import date, datetime, time
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.unit.adapters.odd.case import refused, rows
from tests.unit.adapters.odd_files import ods_of, xlsx_of

WRONG = "damaged"
CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOMENT = datetime(2024, 1, 5, 13, 30)  # noqa: DTZ001  workbooks know no zones


def saved(book):
    made = BytesIO()
    book.save(made)
    return made.getvalue()


def book(*cells, change=None):
    made = Workbook()
    for row in cells:
        made.active.append(row)
    if change:
        change(made, made.active)
    return saved(made)


def _with_format(place, text):
    def change(_book, sheet):
        sheet[place].number_format = text

    return change


def _mac(made, sheet):
    made.epoch = CALENDAR_MAC_1904
    sheet.append(["when"])
    sheet.append([date(2024, 1, 5)])


def _rich(_book, sheet):
    sheet["A2"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))


def _hidden(_book, sheet):
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["B"].hidden = True


def _sheets(made, sheet):
    sheet.sheet_state = "hidden"
    made.create_sheet("Empty")
    data = made.create_sheet("Data")
    data.append(["id"])
    data.append(["d"])
    made.create_chartsheet("Chart", 0)


def _far(_book, sheet):
    sheet["A1"], sheet["C1"], sheet["A2"], sheet["C2"], sheet["A5"] = "id", "text", 1, "a", 2


def _merge(_book, sheet):
    sheet.merge_cells("A2:A3")


def _ods_cell(text, more=""):
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


_TWO_ROWS = "".join(f"<table:table-row>{_ods_cell(a)}{_ods_cell(b)}</table:table-row>" for a, b in ["ab", "xé"])
_FORMULA = '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><f>1+1</f>{}</c></row>'
_SIMPLE = book(["id", "text"], [1, "a"])

BOOKS = {
    "a simple workbook": rows(("1", "a"), columns=("id", "text"))(_SIMPLE, "b.xlsx"),
    "a workbook under the name of a table": rows(("1", "a"))(_SIMPLE, "b.csv"),
    "a table under the name of a workbook": rows(("1", "a"))(b"id,text\n1,a\n", "b.xlsx"),
    "dates and times": rows(("2024-01-05T13:30:00",), ("2024-01-05",), ("03:04:05",))(
        book(["when"], [MOMENT], [date(2024, 1, 5)], [time(3, 4, 5)]), "b.xlsx"
    ),
    "dates from 1904": rows(("2024-01-05",))(book(change=_mac), "b.xlsx"),
    "a date of a country's format": rows(("2023-03-15",))(
        book(["when"], [45000], change=_with_format("A2", "[$-407]d. mmmm yyyy")), "b.xlsx"
    ),
    "a percentage": rows(("0.25",))(book(["x"], [0.25], change=_with_format("A2", "0%")), "b.xlsx"),
    "a number shown with separators": rows(("1234.5",))(
        book(["x"], [1234.5], change=_with_format("A2", "#,##0.00")), "b.xlsx"
    ),
    "truth": rows(("true",), ("false",))(book(["x"], [True], [False]), "b.xlsx"),
    "whole and broken numbers": rows(("3",), ("2.5",), ("1e+20",), ("-1",))(
        book(["x"], [3], [2.5], [1e20], [-1]), "b.xlsx"
    ),
    "numbers written as text": rows(("007",), ("1,5",))(book(["x"], ["007"], ["1,5"]), "b.xlsx"),
    "errors": rows(("a", ""), ("b", ""), note="2 cells hold an error")(
        book(["id", "n"], ["a", "#DIV/0!"], ["b", "#N/A"]), "b.xlsx"
    ),
    "rich text": rows(("plain bold",))(book(["x"], ["y"], change=_rich), "b.xlsx"),
    "line ends in cells": rows(("a\nb",))(book(["x"], ["a\nb"]), "b.xlsx"),
    "merged cells": rows(("g", "1"), ("g", "2"), note="1 merged range")(
        book(["x", "n"], ["g", 1], [None, 2], change=_merge), "b.xlsx"
    ),
    "hidden rows and columns": rows(("1", "2"), ("3", "4"))(book(["a", "b"], [1, 2], [3, 4], change=_hidden), "b.xlsx"),
    "hidden, empty and chart sheets": rows(("d",), columns=("id",))(book(["x"], ["h"], change=_sheets), "b.xlsx"),
    "empty rows and columns between": rows(("1", "", "a"), ("2", "", ""), note="without a name")(
        book(change=_far), "b.xlsx"
    ),
    "a formula's stored result": rows(("2",))(xlsx_of(_FORMULA.format("<v>2</v>")), "b.xlsx"),
    "a formula without a result": refused("no stored result")(book(["x"], ["=1+1"]), "b.xlsx"),
    "a header alone in a workbook": rows(columns=("a", "b"))(book(["a", "b"]), "b.xlsx"),
    "a workbook without cells": refused("no sheet with cells")(saved(Workbook()), "b.xlsx"),
    "a sheet that is not there": refused("no sheet 'Gone'", sheet="Gone")(_SIMPLE, "b.xlsx"),
    "an escaped NUL in a workbook": rows(("y",), rejects=(2,))(book(["x"], ["_x0000_"], ["y"]), "b.xlsx"),
    "names of numbers": rows(("1", "2"), columns=("2023", "2024"))(book([2023, 2024], [1, 2]), "b.xlsx"),
    "two cells that span the world": refused("spans more than")(
        xlsx_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "b.xlsx",
    ),
    "a workbook that is cut": refused(WRONG)(_SIMPLE[:-200], "b.xlsx"),
    "the beginning of a workbook": refused(WRONG)(_SIMPLE[:300], "b.xlsx"),
    "a workbook of broken XML": refused(WRONG)(xlsx_of("<row><c>"), "b.xlsx"),
    "a locked workbook": refused(WRONG)(CFB + b"\0" * 600, "b.xlsx"),
    "an old workbook that is cut": refused(WRONG)(CFB + b"x" * 40, "b.xls"),
    "an OpenDocument": rows(("x", "é"), columns=("a", "b"))(ods_of(_TWO_ROWS), "b.ods"),
    "an OpenDocument that is cut": refused(WRONG)(ods_of(_TWO_ROWS)[:-60], "b.ods"),
    "an OpenDocument without end": refused("spans more than")(
        ods_of(
            '<table:table-row table:number-rows-repeated="1000000">'
            + _ods_cell("x", ' table:number-columns-repeated="16384"')
            + "</table:table-row>"
        ),
        "b.ods",
    ),
}
