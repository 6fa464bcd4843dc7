"""Tables written: formats, formulas, whole or not at all."""

import csv
import json

import pytest
from pyarrow import parquet

from hitl.adapters.tables import Column, write_table
from hitl.domain.errors import BadInput, StoreUnusable

COLUMNS = (Column("name"), Column("count", int), Column("share", float))
RECORDS = [("=SUM(A1)", 3, -0.5), ("fine", None, None)]


def write(tmp_path, suffix, records=RECORDS):
    path = tmp_path / f"out{suffix}"
    assert write_table(path, columns=COLUMNS, records=iter(records)) == len(records)
    return path


def test_csv_neutralises_formulas_and_leaves_numbers(tmp_path):
    with write(tmp_path, ".csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["name", "count", "share"], ["'=SUM(A1)", "3", "-0.5"], ["fine", "", ""]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_every_start_of_a_formula_is_neutralised(tmp_path, start):
    with write(tmp_path, ".csv", [(f"{start}x", 1, 1.0)]).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][0] == f"'{start}x"


def test_numbers_in_text_columns_stay_numbers(tmp_path):
    with write(tmp_path, ".csv", [("-12.5", 1, 1.0)]).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][0] == "-12.5"


def test_a_formula_in_a_column_name_is_neutralised(tmp_path):
    path = tmp_path / "out.csv"
    write_table(path, columns=[Column("=1+1")], records=[])
    assert path.read_text().strip() == "'=1+1"


def test_jsonl_keeps_the_text_as_it_is(tmp_path):
    lines = [json.loads(line) for line in write(tmp_path, ".jsonl").read_text().splitlines()]
    assert lines[0] == {"name": "=SUM(A1)", "count": 3, "share": -0.5}
    assert lines[1] == {"name": "fine", "count": None, "share": None}


def test_parquet_keeps_types_even_where_all_is_missing(tmp_path):
    table = parquet.read_table(write(tmp_path, ".parquet", [("a", None, None)]))
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double"]
    assert table.to_pylist() == [{"name": "a", "count": None, "share": None}]


def test_parquet_of_many_batches_holds_every_record(tmp_path):
    path = write(tmp_path, ".parquet", [(str(number), number, 0.5) for number in range(12_000)])
    assert parquet.read_table(path).column("count").to_pylist() == list(range(12_000))


def test_an_unknown_suffix_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(BadInput, match=r"\.csv, \.jsonl or \.parquet"):
        write_table(tmp_path / "out.xlsx", columns=COLUMNS, records=RECORDS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_an_error_midway_leaves_the_earlier_file(tmp_path, suffix):
    path = write(tmp_path, suffix)
    before = path.read_bytes()

    def broken():
        yield RECORDS[0]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(path, columns=COLUMNS, records=broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_one_sentence(tmp_path):
    with pytest.raises(StoreUnusable, match="can't be written"):
        write_table(tmp_path / "nowhere" / "out.csv", columns=COLUMNS, records=RECORDS)
