"""Odd packed files, and Parquet of every type."""

import gzip
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

import pyarrow as pa
from pyarrow.parquet import write_table

from tests.unit.adapters.odd.case import refused, rows
from tests.unit.adapters.odd_files import zip_of

TABLE = b"id,text\n1,a\n2,b\n"
AB = rows(("1", "a"), ("2", "b"), columns=("id", "text"))
MOMENT = datetime(2024, 1, 5, 13, 30, 15)  # noqa: DTZ001  a file may hold such


def _large_zip():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive, archive.open("a.csv", "w", force_zip64=True) as member:
        member.write(TABLE)
    return made.getvalue()


def _locked_zip():
    data = bytearray(zip_of({"a.csv": TABLE}))
    data[6] |= 1  # the flag of a password, in the member's own header and in the list of contents
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _tar():
    return b"a.csv" + bytes(252) + b"ustar\x0000" + bytes(247) + TABLE


PACKS = {
    "gzip": AB(gzip.compress(TABLE), "f.csv.gz"),
    "gzip under another name": AB(gzip.compress(TABLE), "f.csv"),
    "gzip of several parts": AB(gzip.compress(TABLE[:10]) + gzip.compress(TABLE[10:]), "f.gz"),
    "gzip with NULs behind": AB(gzip.compress(TABLE) + bytes(20), "f.gz"),
    "gzip with something behind": refused("damaged")(gzip.compress(TABLE) + b"junk", "f.gz"),
    "gzip that is cut": refused("breaks off")(gzip.compress(TABLE * 500)[:40], "f.gz"),
    "gzip of nothing": refused("is empty")(gzip.compress(b""), "f.gz"),
    "gzip in gzip": refused("packed twice")(gzip.compress(gzip.compress(TABLE)), "f.gz"),
    "a packed tar archive": refused("is a tar archive")(gzip.compress(_tar()), "f.tar.gz"),
    "a tar archive": refused("is a tar archive")(_tar(), "f.tar"),
    "zip": AB(zip_of({"a.csv": TABLE}), "f.zip"),
    "zip with folders and what a Mac leaves": AB(
        zip_of({"d/": b"", "d/a.csv": TABLE, "__MACOSX/d/._a.csv": b"x", "d/.DS_Store": b"y"}), "f.zip"
    ),
    "zip with a word on its data": AB(zip_of({"README.md": b"hello", "a.csv": TABLE, "LICENSE": b"free"}), "f.zip"),
    "zip of large files": AB(_large_zip(), "f.zip"),
    "zip with a path from the root": AB(zip_of({"/etc/a.csv": TABLE}), "f.zip"),
    "zip with a path that climbs": AB(zip_of({"../../a.csv": TABLE}), "f.zip"),
    "zip with two tables": refused("holds 2 files")(zip_of({"a.csv": TABLE, "b.csv": TABLE}), "f.zip"),
    "zip with a table that is told": rows(("1", "a"), ("2", "b"), member="b.csv")(
        zip_of({"a.csv": b"x\n", "b.csv": TABLE}), "f.zip"
    ),
    "zip without the file that is told": refused("no file 'c.csv'", member="c.csv")(zip_of({"a.csv": TABLE}), "f.zip"),
    "zip of nothing": refused("holds no file")(zip_of({}), "f.zip"),
    "zip of an empty file": refused("is empty")(zip_of({"a.csv": b""}), "f.zip"),
    "zip in zip": refused("packed twice")(zip_of({"a.zip": zip_of({"a.csv": TABLE})}), "f.zip"),
    "gzip in zip": refused("packed twice")(zip_of({"a.gz": gzip.compress(TABLE)}), "f.zip"),
    "zip with a password": refused("locked with a password")(_locked_zip(), "f.zip"),
    "zip that is cut": refused("damaged")(zip_of({"a.csv": TABLE * 50})[:-30], "f.zip"),
    "JSON lines in zip": rows(("1",), ("2",))(zip_of({"a.jsonl": b'{"a": 1}\n{"a": 2}\n'}), "f.zip"),
    "bzip2": refused("packed with bzip2")(b"BZh91AY&SY", "f.bz2"),
    "xz": refused("packed with xz")(b"\xfd7zXZ\0\0", "f.xz"),
    "zstd": refused("packed with zstd")(b"\x28\xb5\x2f\xfd\0", "f.zst"),
    "7z": refused("is a 7z archive")(b"7z\xbc\xaf\x27\x1c", "f.7z"),
    "RAR": refused("is a RAR archive")(b"Rar!\x1a\x07", "f.rar"),
}


def parquet(*arrays, **options):
    made = BytesIO()
    write_table(pa.table(list(arrays), names=[f"c{place}" for place in range(len(arrays))]), made, **options)
    return made.getvalue()


def _typed(values, kind, *texts, rejects=()):
    return rows(*((text,) for text in texts), rejects=rejects)(parquet(pa.array(values, kind)), "f.parquet")


PARQUETS = {
    "texts": _typed(["a", None, ""], pa.string(), "a", "", ""),
    "large texts": _typed(["a"], pa.large_string(), "a"),
    "whole numbers of 8 bits": _typed([-128, 127], pa.int8(), "-128", "127"),
    "whole numbers of 64 bits": _typed([2**53 + 1, -(2**63)], pa.int64(), "9007199254740993", "-9223372036854775808"),
    "whole numbers without a sign": _typed([2**64 - 1], pa.uint64(), "18446744073709551615"),
    "floats of 32 bits": _typed([0.1, None], pa.float32(), "0.1", ""),
    "floats": _typed([0.1, 1e16, 5e-324, -0.0], pa.float64(), "0.1", "1e+16", "5e-324", "-0"),
    "not a number": _typed([float("nan"), float("inf")], pa.float64(), "nan", "inf"),
    "truth in Parquet": _typed([True, None, False], pa.bool_(), "true", "", "false"),
    "decimals": _typed([Decimal("1234567890123456789.10")], pa.decimal128(21, 2), "1234567890123456789.10"),
    "decimals of 256 bits": _typed([Decimal("1e40")], pa.decimal256(60, 2), f"1{'0' * 40}.00"),
    "dates": _typed([date(1900, 1, 1)], pa.date32(), "1900-01-01"),
    "dates of 64 bits": _typed([date(2024, 1, 5)], pa.date64(), "2024-01-05"),
    "moments": _typed([MOMENT], pa.timestamp("us"), "2024-01-05T13:30:15"),
    "moments before 1970": _typed([-1], pa.timestamp("s"), "1969-12-31T23:59:59"),
    "moments in a zone": _typed(
        [MOMENT.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin"), "2024-01-05T14:30:15+0100"
    ),
    "moments to the nanosecond": _typed([1], pa.timestamp("ns"), "1970-01-01T00:00:00.000000001"),
    "moments of 96 bits": rows(("2024-01-05T13:30:15",))(
        parquet(pa.array([MOMENT], pa.timestamp("ns")), use_deprecated_int96_timestamps=True), "f.parquet"
    ),
    "times": _typed([time(1, 2, 3)], pa.time32("ms"), "01:02:03"),
    "spans": _typed([timedelta(days=1)], pa.duration("s"), "86400 s"),
    "bytes that are text": _typed([b"text", None], pa.binary(), "text", ""),
    "bytes that are none": _typed([b"\xff\xfe", b"fine"], pa.binary(), "fine", rejects=(1,)),
    "bytes of one length": _typed([b"abcd"], pa.binary(4), "abcd"),
    "nothing": _typed([None, None], pa.null(), "", ""),
    "lists": _typed([[1, None], None], pa.list_(pa.int64()), "[1, null]", ""),
    "lists of numbers beyond 2 to the 53": _typed([[2**63 - 1]], pa.list_(pa.int64()), "[9223372036854775807]"),
    "lists of one length": _typed([[1, 2]], pa.list_(pa.int64(), 2), "[1, 2]"),
    "objects": _typed([{"a": "é", "b": None}], None, '{"a": "é", "b": null}'),
    "maps": _typed([[("a", 1)]], pa.map_(pa.string(), pa.int64()), '[["a", 1]]'),
    "categories": rows(("x",), ("y",), ("x",))(parquet(pa.array(["x", "y", "x"]).dictionary_encode()), "f.parquet"),
    "no rows": rows(columns=("c0",))(parquet(pa.array([], pa.int64())), "f.parquet"),
    "no columns": refused("has no header")(parquet(), "f.parquet"),
    "Parquet under the name of a table": rows(("1",))(parquet(pa.array([1])), "f.csv"),
    "Parquet in gzip": rows(("1",))(gzip.compress(parquet(pa.array([1]))), "f.parquet.gz"),
    "Parquet in zip": rows(("1",))(zip_of({"f.parquet": parquet(pa.array([1]))}), "f.zip"),
    "Parquet packed by zstd": rows(("x",))(parquet(pa.array(["x"]), compression="zstd"), "f.parquet"),
    "Parquet that is cut": refused("can't be read as Parquet")(parquet(pa.array(["x" * 90] * 90))[:-20], "f.parquet"),
    "a locked Parquet file": refused("is a locked Parquet file")(b"PARE" + bytes(60), "f.parquet"),
}
