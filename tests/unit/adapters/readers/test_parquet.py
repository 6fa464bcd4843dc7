"""Parquet: every type keeps its value as text."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetWriter, write_table

from hitl.adapters.readers import parquet
from hitl.domain.errors import BadInput
from tests.unit.adapters.odd_files import Read

MOMENT = datetime(2024, 1, 5, 13, 30, 15)  # noqa: DTZ001  a file may hold such


def saved(*arrays, names=None):
    made = BytesIO()
    table = pa.table(list(arrays), names=names or [f"c{place}" for place in range(len(arrays))])
    write_table(table, made)
    return made.getvalue()


def column(values, kind=None):
    return [row[0] for row in Read(saved(pa.array(values, kind)), name="f.parquet").cells]


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (["a", None, ""], pa.string(), ["a", "", ""]),
        ([1, None, -(2**63)], pa.int64(), ["1", "", "-9223372036854775808"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([0.1, 1.0, float("nan"), float("inf")], pa.float64(), ["0.1", "1", "nan", "inf"]),
        ([0.1], pa.float32(), ["0.1"]),
        ([True, False], pa.bool_(), ["true", "false"]),
        (
            [Decimal("1234567890123456789.10"), Decimal("0.00")],
            pa.decimal128(21, 2),
            ["1234567890123456789.10", "0.00"],
        ),
        ([Decimal("0.0000000001")], pa.decimal128(10, 10), ["0.0000000001"]),
        ([date(2024, 1, 5)], pa.date32(), ["2024-01-05"]),
        ([MOMENT], pa.timestamp("us"), ["2024-01-05T13:30:15"]),
        ([1_704_461_415_123_456_789], pa.timestamp("ns"), ["2024-01-05T13:30:15.123456789"]),
        ([MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin"), ["2024-01-05T14:30:15+0100"]),
        ([MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"), ["2024-01-05T13:30:15Z"]),
        ([time(3, 4, 5)], pa.time64("us"), ["03:04:05"]),
        ([timedelta(seconds=90)], pa.duration("ms"), ["90000 ms"]),
        ([b"text", None], pa.binary(), ["text", ""]),
        ([[1, None], None], pa.list_(pa.int64()), ["[1, null]", ""]),
        ([{"a": "é", "b": date(2024, 1, 5)}], None, ['{"a": "é", "b": "2024-01-05"}']),
        ([[Decimal("1.50")]], pa.list_(pa.decimal128(5, 2)), ['["1.50"]']),
        ([None, None], pa.null(), ["", ""]),
    ],
)
def test_a_type_keeps_its_value(values, kind, texts):
    assert column(values, kind) == texts


def test_categories_are_their_texts():
    made = saved(pa.array(["x", "y", "x"]).dictionary_encode())
    assert Read(made, name="f.parquet").cells == [("x",), ("y",), ("x",)]


def test_bytes_that_are_no_text_reject_their_row_alone():
    found = Read(saved(pa.array([b"\xff\xfe", b"fine"])), name="f.parquet")
    assert ([one.row for one in found.rejects], found.cells) == ([1], [("fine",)])


def test_columns_of_the_same_name_are_all_read():
    found = Read(saved(pa.array(["x"]), pa.array(["y"]), names=["a", "a"]), name="f.parquet")
    assert (found.columns, found.cells) == (("a", "a (2)"), [("x", "y")])


def test_several_row_groups_are_one_table():
    made = BytesIO()
    table = pa.table({"n": list(range(10))})
    with ParquetWriter(made, table.schema) as writer:
        for start in range(0, 10, 4):
            writer.write_table(table.slice(start, 4))
    found = Read(made.getvalue(), name="f.parquet")
    assert [(row.number, row.values["n"]) for row in found.records] == [(n + 1, str(n)) for n in range(10)]


@pytest.mark.parametrize("cut", [20, -20])
def test_a_truncated_file_is_one_sentence(cut):
    with pytest.raises(BadInput, match="can't be read as Parquet"):
        Read(saved(pa.array(["x" * 50] * 50))[:cut], name="f.parquet")


def test_damaged_pages_are_one_sentence():
    data = bytearray(saved(pa.array([f"text {n}" for n in range(500)])))
    data[40:400] = bytes(360)
    with pytest.raises(BadInput, match="can't be read as Parquet"):
        Read(bytes(data), name="f.parquet")


def test_too_many_rows_are_refused_before_any_is_read(monkeypatch):
    monkeypatch.setattr(parquet, "ROW_LIMIT", 3)
    with pytest.raises(BadInput, match="more than 3 rows"):
        Read(saved(pa.array([1, 2, 3, 4])), name="f.parquet")
