"""Encodings: found out from the bytes, refused by name when unknown."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hitl.adapters.readers.text_encoding import find_encoding
from hitl.domain.errors import BadInput
from tests.unit.adapters.odd_files import Read

WESTERN = "id;note\n1;Käse für die Größe\n2;déjà vu à l’œuvre\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("cp1252", "cp1252"),
    ],
)
def test_western_text_is_read_in_every_encoding(written, found):
    read = Read(WESTERN.encode(written))
    assert read.options.encoding == found
    assert read.cells == [("1", "Käse für die Größe"), ("2", "déjà vu à l’œuvre")]


def test_big_endian_with_a_mark_is_read():
    assert Read(b"\xfe\xff" + WESTERN.encode("utf-16-be")).columns == ("id", "note")


def test_latin_1_reads_the_same_as_windows_1252():
    assert Read("id;note\n1;Käse\n".encode("latin-1")).cells == [("1", "Käse")]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("имя;текст\n1;Привет, как дела сегодня\n2;Хорошо, спасибо большое\n", "cp1251"),
        ("名前;本文\n1;これは日本語のテキストです\n2;東京は大きいです\n", "cp932"),
        ("id;tekst\n1;zażółć gęślą jaźń\n2;Łódź, wieś, społeczność\n", "cp1250"),
    ],
)
def test_other_scripts_are_told_apart(text, encoding):
    read = Read(text.encode(encoding))
    assert ";".join(read.columns) == text.splitlines()[0]
    assert ";".join(read.cells[0]) == text.splitlines()[1]


def test_one_damaged_row_does_not_change_the_encoding():
    data = b"a,b\n" + "é,ü\n".encode() * 5 + b"\xff,x\n"
    read = Read(data)
    assert (read.options.encoding, len(read.cells), len(read.rejects)) == ("utf-8", 5, 1)


def test_a_late_umlaut_is_seen():
    data = b"a,b\n" + b"1,plain\n" * 300_000 + "2,Käse\n".encode("cp1252")
    read = Read(data)
    assert (read.cells[-1], read.rejects) == (("2", "Käse"), [])


def test_utf_16_cut_in_half_a_character_rejects_its_row():
    read = Read("a,b\n1,x\n2,y".encode("utf-16")[:-1])
    assert (len(read.cells), [reject.row for reject in read.rejects]) == (1, [3])


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "idna", ""])
def test_what_is_no_text_encoding_is_refused(encoding):
    with pytest.raises(BadInput, match="There is no encoding"):
        Read(b"a\n1\n", encoding=encoding or "\0")


@settings(deadline=None)  # the first workbook or archive among them loads its reader
@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "utf-16-le", "cp1252", "gb18030", "utf-32-be"]))
def test_any_bytes_are_a_table_or_a_refusal(data, encoding):
    try:
        read = Read(data, encoding=encoding)
    except BadInput:
        return
    for row in read.cells:
        "".join(row).encode("utf-8")


def test_a_long_line_beside_a_foreign_letter_is_looked_at_once():
    assert find_encoding(BytesIO(b"x" * 900_000 + "\nü\n".encode("cp1252"))) == "cp1252"
