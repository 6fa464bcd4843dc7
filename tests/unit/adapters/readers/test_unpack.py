"""Packed files: what is inside is read, bombs and damage are one sentence, nothing leaves the archive."""

import gzip
import itertools
import zipfile
from io import BytesIO

import pytest

from hitl.adapters.readers import ManyFiles, unpack
from hitl.domain.errors import BadInput
from tests.unit.adapters.odd_files import Read, xlsx_of, zip_of

TABLE = b"a,b\n1,x\n"


def test_gzip_is_read_with_the_kind_inside():
    read = Read(gzip.compress(b'{"a": 1}\n'), name="f.jsonl.gz")
    assert (read.cells, read.reading.kind) == ([("1",)], "JSON lines, packed as gzip")


def test_two_gzip_files_in_a_row_are_one():
    assert Read(gzip.compress(TABLE) + gzip.compress(b"2,y\n"), name="f.csv.gz").cells == [("1", "x"), ("2", "y")]


@pytest.mark.parametrize("end", [-1, -12, 14])
def test_a_truncated_gzip_breaks_off(end):
    with pytest.raises(BadInput, match="breaks off"):
        Read(gzip.compress(TABLE * 500)[:end], name="f.csv.gz")


def test_a_damaged_gzip_is_refused():
    packed = bytearray(gzip.compress(TABLE * 500))
    packed[20] ^= 0xFF
    with pytest.raises(BadInput, match=r"damaged|breaks off"):
        Read(bytes(packed), name="f.csv.gz")


def test_a_bomb_is_refused_by_its_ratio(monkeypatch):
    monkeypatch.setattr(unpack, "RATIO_FREE_BYTES", 1_000_000)
    bomb = b"a,b\n" + b"1,2\n" * 1_000_000
    for data, name in [(gzip.compress(bomb), "f.csv.gz"), (zip_of({"f.csv": bomb}), "f.zip")]:
        with pytest.raises(BadInput, match="more than 200 times its size"):
            Read(data, name=name)


def test_a_bomb_is_refused_by_its_size(monkeypatch):
    monkeypatch.setattr(unpack, "UNPACKED_LIMIT", 100_000)
    with pytest.raises(BadInput, match="unpacks to more than"):
        Read(gzip.compress(TABLE * 50_000), name="f.csv.gz")


def test_a_zip_with_one_data_file_needs_no_choice():
    data = zip_of({"__MACOSX/._a.csv": b"junk", ".hidden": b"junk", "dir/": b"", "dir/a.csv": TABLE})
    read = Read(data, name="f.zip")
    assert (read.cells, read.options.member, read.reading.members) == ([("1", "x")], "dir/a.csv", ("dir/a.csv",))


def test_a_zip_with_several_files_asks_which():
    data = zip_of({"a.csv": TABLE, "b.csv": b"c\n9\n"})
    with pytest.raises(ManyFiles, match=r"'a\.csv', 'b\.csv'") as asked:
        Read(data, name="f.zip")
    assert asked.value.members == ("a.csv", "b.csv")
    assert Read(data, name="f.zip", member="b.csv").cells == [("9",)]
    with pytest.raises(BadInput, match=r"no file 'c\.csv'"):
        Read(data, name="f.zip", member="c.csv")


def test_a_name_that_climbs_out_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Read(zip_of({"../../evil.csv": TABLE}), name="f.zip").cells == [("1", "x")]
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_inside_is_read():
    book = xlsx_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    for data, name in [(zip_of({"b.xlsx": book}), "f.zip"), (gzip.compress(book), "b.xlsx.gz")]:
        assert Read(data, name=name, has_header=False).cells == [("1",), ("2",)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zip_of({}), "holds no file"),
        (zip_of({"a.csv": b""}), "is empty"),
        (zip_of({"a.zip": zip_of({"a.csv": TABLE})}), "packed twice"),
        (zip_of({"a.csv.gz": gzip.compress(TABLE)}), "packed twice"),
        (gzip.compress(gzip.compress(TABLE)), "packed twice"),
        (gzip.compress(b""), "is empty"),
        (zip_of({"a.csv": TABLE})[:-10], "damaged"),
        (b"PK\x03\x04junk", "damaged"),
        (zip_of({"xl/workbook.bin": b"x"}), "binary Excel"),
    ],
    ids=itertools.count(),
)
def test_what_cannot_be_unpacked_is_one_sentence(data, message):
    with pytest.raises(BadInput, match=message):
        Read(data, name="file")


def test_a_locked_zip_says_so():
    packed = bytearray(zip_of({"a.csv": TABLE}))
    for at in (packed.find(b"PK\x03\x04") + 6, packed.find(b"PK\x01\x02") + 8):
        packed[at] |= 1
    with pytest.raises(BadInput, match="locked with a password"):
        Read(bytes(packed), name="f.zip")


def test_a_zip_whose_sum_is_wrong_is_damaged():
    stored = BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("a.csv", TABLE)
    with pytest.raises(BadInput, match="damaged"):
        Read(stored.getvalue().replace(b"1,x", b"1,y", 1), name="f.zip")


@pytest.mark.parametrize(
    ("head", "kind"),
    [(b"%PDF-1.7", "a PDF"), (b"\x89PNG\r\n", "an image"), (b"BZh91AY", "bzip2"), (b"<!DOCTYPE html>", "a web page")],
)
def test_foreign_files_are_named(head, kind):
    with pytest.raises(BadInput, match=kind):
        Read(head + b"...", name="file.csv")
