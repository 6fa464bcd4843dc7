"""The same table written in each format reads the same; by pandas, its own writers and Python's csv."""

import csv
import gzip
from io import BytesIO, StringIO

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl.adapters.readers import ReadOptions
from tests.unit.adapters.odd_files import Read, zip_of

# what a worksheet can hold: XML knows no control characters, and turns a lone \r into a line break
CELLS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=12
).filter(lambda cell: cell.strip() == cell and not cell.startswith("_x"))
TABLES = st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6)


def write_csv(frame):
    text = StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([frame.columns, *frame.values.tolist()])
    return text.getvalue().encode()


def written(write):
    def write_bytes(frame):
        made = BytesIO()
        write(frame, made)
        return made.getvalue()

    return write_bytes


def write_xlsx(frame, made):
    with pd.ExcelWriter(made, engine="openpyxl") as writer:
        frame.to_excel(writer, index=False)
        for row in writer.book.active.iter_rows(min_row=2):
            for cell in row:
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # else a text that begins with = becomes a formula


WRITERS = {
    "f.csv": write_csv,
    "f.tsv": written(lambda frame, made: frame.to_csv(made, sep="\t", index=False, quoting=csv.QUOTE_ALL)),
    "f.csv.gz": lambda frame: gzip.compress(write_csv(frame)),
    "f.zip": lambda frame: zip_of({"f.csv": write_csv(frame)}),
    "f.json": written(lambda frame, made: frame.to_json(made, orient="records")),
    "f.jsonl": written(lambda frame, made: frame.to_json(made, orient="records", lines=True)),
    "f.parquet": written(lambda frame, made: frame.to_parquet(made, index=False)),
    "f.xlsx": written(write_xlsx),
}


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rows=TABLES)
def test_a_table_reads_back_as_it_was_written(name, rows):
    frame = pd.DataFrame(rows, columns=["id", "text"])
    options = {} if "json" in name or "parquet" in name else {"has_header": True}
    if name in {"f.csv", "f.csv.gz", "f.zip"}:
        options["delimiter"] = ","
    read = Read(WRITERS[name](frame), name=name, **options)
    assert (read.columns, read.cells) == (("id", "text"), rows)


def test_numbers_read_the_same_from_every_format():
    frame = pd.DataFrame({"id": ["a", "b"], "whole": [1, -20], "part": [0.5, 1234.25], "flag": [True, False]})
    plain = [("a", "1", "0.5", "true"), ("b", "-20", "1234.25", "false")]
    for name in ("f.json", "f.jsonl", "f.parquet", "f.xlsx"):
        assert Read(WRITERS[name](frame), name=name).cells == plain, name


def test_the_content_outranks_the_ending():
    frame = pd.DataFrame({"a": ["x"]})
    assert Read(WRITERS["f.xlsx"](frame), name="f.csv").cells == [("x",)]
    assert Read(WRITERS["f.parquet"](frame), name="f").cells == [("x",)]
    assert Read(b"a\tb\n1\t2\n", name="export.xls").cells == [("1", "2")]


def test_options_come_back_from_a_job_as_they_went_in():
    options = ReadOptions(encoding="cp1252", delimiter=";", has_header=False, sheet="S")
    assert ReadOptions.from_json(options.to_json()) == options
    assert ReadOptions.from_json({"encoding": "utf-8", "from_the_future": 1}) == ReadOptions(encoding="utf-8")
    assert ReadOptions.from_json(None) == ReadOptions()
