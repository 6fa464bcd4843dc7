"""Odd tables of text."""

import codecs

from tests.unit.adapters.odd.case import refused, rows

AB = rows(("1", "a"), ("2", "b"), columns=("id", "text"))
UNREADABLE = "unreadable characters"
FOREIGN = "Wanted: CSV, JSON, Excel"

TEXTS = {
    # line ends
    "line feed": AB(b"id,text\n1,a\n2,b\n"),
    "carriage return and line feed": AB(b"id,text\r\n1,a\r\n2,b\r\n"),
    "lone carriage returns": AB(b"id,text\r1,a\r2,b\r"),
    "mixed line ends": AB(b"id,text\r\n1,a\r2,b\n"),
    "doubled carriage returns": AB(b"id,text\r\r\n1,a\r\r\n2,b\r\r\n"),
    "no line end at the end": AB(b"id,text\n1,a\n2,b"),
    "blank lines between": rows(("1", "a"), ("2", "b"))(b"id,text\n\n1,a\n\n\n2,b\n\n"),
    "blank lines above": AB(b"\n\n\nid,text\n1,a\n2,b\n"),
    "blank lines of spaces": rows(("1", "a"), rejects=(2, 4))(b"id,text\n   \n1,a\n  \n"),
    "a form feed in a cell": rows(("1", "a\x0cb"))(b"id,text\n1,a\x0cb\n"),
    "a vertical tab in a cell": rows(("1", "a\x0bb"))(b"id,text\n1,a\x0bb\n"),
    "separators of units": rows(("1", "a\x1c\x1d\x1e\x1fb"))(b"id,text\n1,a\x1c\x1d\x1e\x1fb\n"),
    "line separators of Unicode": rows(("1", "a\u2028b\u2029c\u0085d"))("id,text\n1,a\u2028b\u2029c\u0085d\n".encode()),
    "a line end in a quoted cell": rows(("1", "a\nb"), ("2", "c"))(b'id,text\n1,"a\nb"\n2,c\n'),
    "a carriage return in a quoted cell": rows(("1", "a\rb"))(b'id,text\r\n1,"a\rb"\r\n'),
    # quotes
    "everything quoted": AB(b'"id","text"\n"1","a"\n"2","b"\n'),
    "doubled quotes": rows(("1", 'a "b" c'))(b'id,text\n1,"a ""b"" c"\n'),
    "a quote in the middle": rows(("1", 'a"b'), ("2", 'c "d" e'))(b'id,text\n1,a"b\n2,c "d" e\n'),
    "text behind a closing quote": rows(("2", "b"), rejects=(2,))(b'id,text\n1,"a"b\n2,b\n'),
    "quotes escaped by a backslash": rows(("2", "b"), rejects=(2,))(b'id,text\n1,"a \\"b\\" c"\n2,b\n'),
    "a quote never closed": rows(("2", "b"), ("3", "c"), rejects=(2,))(b'id,text\n1,"a\n2,b\n3,c\n'),
    "a quote never closed in the last row": rows(("1", "a"), rejects=(3,))(b'id,text\n1,a\n2,"b\n'),
    "a quote closed rows later": rows(("2", "b"), ("3", "c"), ("4", "d"), rejects=(2,))(
        b'id,text\n1,"a\n2,b\n3,"c"\n4,d\n'
    ),
    "three quotes in a row": rows(('"', "a"))(b'id,text\n"""",a\n'),
    "empty quotes": rows(("1", ""), ("2", ""))(b'id,text\n1,""\n2,\n'),
    "single quotes": rows(("1", "a, b"), ("2", "c"))(b"id,text\n1,'a, b'\n2,'c'\n"),
    "apostrophes": rows(("1", "don't"), ("2", "'tis"))(b"id,text\n1,don't\n2,'tis\n"),
    "blanks before quotes": rows(("1", "a, b"), ("2", "c"), columns=("id", "text"))(b'id, "text"\n1, "a, b"\n2, "c"\n'),
    "quotes that are told": rows(("1", "a,b"), quote="~")(b"id,text\n1,~a,b~\n"),
    # cells and delimiters
    "semicolons": AB(b"id;text\n1;a\n2;b\n"),
    "semicolons with decimal commas": rows(("1", "2,50"), ("2", "3,75"))(b"id;price\n1;2,50\n2;3,75\n"),
    "semicolons in cells of commas": rows(("1", "a;b;c"), ("2", "d"))(b"id,text\n1,a;b;c\n2,d\n"),
    "tabs": AB(b"id\ttext\n1\ta\n2\tb\n", "file.tsv"),
    "commas in cells of tabs": rows(("1", "a,b,c"))(b"id\ttext\n1\ta,b,c\n"),
    "bars": AB(b"id|text\n1|a\n2|b\n"),
    "a line for Excel": rows(("1", "a"))(b"sep=;\nid;text\n1;a\n"),
    "a delimiter that is told": rows(("1", "a"), delimiter="^")(b"id^text\n1^a\n"),
    "a delimiter beyond ASCII that is told": rows(("1", "a"), delimiter="\u00a6")("id\u00a6text\n1\u00a6a\n".encode()),
    "no delimiter at all": rows(("hello",), ("there",), columns=("text",))(b"text\nhello\nthere\n"),
    "one column of texts with commas": rows(("hello there",), ("yes, you",), ("bye",))(
        b"text\nhello there\nyes, you\nbye\n"
    ),
    "too few cells": rows(("2", "b"), rejects=(2,))(b"id,text\n1\n2,b\n"),
    "too many cells": rows(("2", "b"), rejects=(2,))(b"id,text\n1,a,c\n2,b\n"),
    "empty cells too many": rows(("1", "a"), ("2", "b"))(b"id,text\n1,a,,\n2,b,\n"),
    "delimiters at every end": rows(("1", "a", ""), ("2", "b", ""))(b"id,text,\n1,a,\n2,b,\n"),
    "rows of delimiters alone": rows(("", ""), ("1", "a"))(b"id,text\n,\n1,a\n"),
    "blanks around cells stay": rows((" 1 ", "  a "))(b"id,text\n 1 ,  a \n"),
    "a cell of a megabyte": rows(("1", "x" * 1_000_000))(b"id,text\n1," + b"x" * 1_000_000 + b"\n"),
    "a NUL in a cell": rows(("2", "b"), rejects=(2,))(b"id,text\n1,a\0\n2,b\n"),
    "NULs between rows": rows(("2", "b"), rejects=(2,))(b"id,text\n\0\0,\0\n2,b\n"),
    "hostile texts": rows(("1", "<script>alert(1)</script>"), ("2", "\x1b[31mred"), ("3", "\u202edlrow"))(
        "id,text\n1,<script>alert(1)</script>\n2,\x1b[31mred\n3,\u202edlrow\n".encode()
    ),
    "formulas": rows(("1", "=1+1"), ("2", "+49 30 1"), ("3", "@SUM(A1)"), ("4", "-x"))(
        b"id,text\n1,=1+1\n2,+49 30 1\n3,@SUM(A1)\n4,-x\n"
    ),
    "emoji and joined characters": rows(("1", "👩‍👩‍👧 e\u0301"))("id,text\n1,👩‍👩‍👧 e\u0301\n".encode()),
    "leading zeros": rows(("007", "0123"), ("008", "00"))(b"id,code\n007,0123\n008,00\n"),
    "numbers beyond 2 to the 53": rows(("9007199254740993",), ("12345678901234567890",))(
        b"id\n9007199254740993\n12345678901234567890\n", "file.csv"
    ),
    # headers
    "a header alone": rows(columns=("id", "text"))(b"id,text\n"),
    "a header without a line end": rows(columns=("id", "text"))(b"id,text"),
    "names that stand twice": rows(("1", "a", "b"), columns=("id", "x", "x (2)"), note="more than once")(
        b"id,x,x\n1,a,b\n"
    ),
    "a name that is blank": rows(("1", "a"), columns=("id", "column 2"), note="without a name")(b"id,\n1,a\n"),
    "a name over two lines": rows(("1", "a"), columns=("id", "my\ntext"))(b'id,"my\ntext"\n1,a\n'),
    "no header": rows(("1", "2.5"), ("2", "3.5"), columns=("column 1", "column 2"))(b"1,2.5\n2,3.5\n"),
    "years for names": rows(("10", "20"), ("30", "40"), columns=("2023", "2024"))(b"2023,2024\n10,20\n30,40\n"),
    "comments above": rows(("1", "a"), ("2", "b"), columns=("id", "text"), note="stand above")(
        b"# made by a program\n# on a day\nid,text\n1,a\n2,b\n"
    ),
    "a title above": rows(("1", "a"), ("2", "b"), columns=("id", "text"), note="stand above")(
        b"My report\n\nid,text\n1,a\n2,b\n"
    ),
    "a header that begins with a hash": rows(("1", "a"), columns=("#id", "text"))(b"#id\ttext\n1\ta\n"),
    "two thousand columns": rows(tuple("1" for _ in range(2_000)), has_header=True)(
        ",".join(f"c{n}" for n in range(2_000)).encode() + b"\n" + b",".join([b"1"] * 2_000) + b"\n"
    ),
    "ten thousand columns": refused("up to 2,000 can be imported")(
        ",".join(f"c{n}" for n in range(10_000)).encode() + b"\n"
    ),
    "a name beyond all bounds": refused("name of column 2 is longer")(b"id," + b"x" * 500 + b"\n1,a\n"),
    "names of delimiters alone": refused("has no header")(b",,,\n,,,\n"),
    "nothing at all": refused("is empty")(b""),
    "line ends alone": refused("has no header")(b"\n\n\r\n"),
    "blanks alone": refused("has no header")(b"   \n  \n"),
    # encodings
    "UTF-8 with a mark": AB(codecs.BOM_UTF8 + b"id,text\n1,a\n2,b\n"),
    "a mark alone": refused("has no header")(codecs.BOM_UTF8),
    "a mark before a quoted name": AB(codecs.BOM_UTF8 + b'"id","text"\n1,a\n2,b\n'),
    "a mark in the middle": AB(b"id,text\n1,a\n" + codecs.BOM_UTF8 + b"2,b\n"),
    "UTF-16 with a mark": AB("id,text\n1,a\n2,b\n".encode("utf-16")),
    "UTF-16 big endian": AB(codecs.BOM_UTF16_BE + "id,text\n1,a\n2,b\n".encode("utf-16-be")),
    "UTF-16 without a mark": AB("id,text\n1,a\n2,b\n".encode("utf-16-le")),
    "UTF-16 of another script": rows(("1", "привет"), columns=("ключ", "текст"))(
        "ключ\tтекст\n1\tпривет\n".encode("utf-16-le")
    ),
    "UTF-32": AB("id,text\n1,a\n2,b\n".encode("utf-32")),
    "Windows-1252": rows(("1", "für 5 €"))("id,text\n1,für 5 €\n".encode("cp1252")),
    "Latin-1": rows(("1", "café"))("id,text\n1,café\n".encode("latin-1")),
    "Cyrillic of Windows": rows(("1", "Большое спасибо за помощь"), ("2", "Доставка задерживается"))(
        "id,text\n1,Большое спасибо за помощь\n2,Доставка задерживается\n".encode("cp1251")
    ),
    "Japanese of Windows": rows(("1", "荷物が届きません"), ("2", "返金してください"))(
        "id,text\n1,荷物が届きません\n2,返金してください\n".encode("cp932")
    ),
    "one broken character in UTF-8": rows(("1", "für"), ("3", "grün"), rejects=(3,))(
        "id,text\n1,für\n".encode() + b"2,\xff\n" + "3,grün\n".encode()
    ),
    "UTF-8 cut within a character": rows(("1", "grün und schön"), rejects=(3,))(
        "id,text\n1,grün und schön\n2,ü".encode()[:-1]
    ),
    "an encoding that is told": rows(("1", "ы"), encoding="koi8-r")("id,text\n1,ы\n".encode("koi8-r")),
    "an encoding that is none": refused("no encoding 'klingon'", encoding="klingon")(b"id\n1\n"),
    # what is no table
    "a PDF": refused("is a PDF")(b"%PDF-1.7\n%\xe2\xe3\n"),
    "a PNG": refused("is an image")(b"\x89PNG\r\n\x1a\n" + bytes(40)),
    "a JPEG": refused("is an image")(b"\xff\xd8\xff\xe0" + bytes(40)),
    "a GIF": refused("is an image")(b"GIF89a" + bytes(40)),
    "an SQLite database": refused("is an SQLite database")(b"SQLite format 3\0" + bytes(80)),
    "a web page": refused("is a web page")(b"<!DOCTYPE html>\n<html><body>hi</body></html>"),
    "a table of a web page under the name of a workbook": refused("is a web page")(
        b"<table><tr><td>a</td></tr></table>", "file.xls"
    ),
    "XML": refused("is a web page or XML")(b'<?xml version="1.0"?><a/>'),
    "XML without a declaration": refused("is a web page or XML")(b"<rows><row/></rows>"),
    "a text document": refused("is a text document")(b"{\\rtf1\\ansi hello}"),
    "a pickle": refused("is a Python pickle")(b"\x80\x04\x95\x10\0\0\0\0\0\0\0"),
    "a NumPy array": refused("is a NumPy file")(b"\x93NUMPY\x01\0v\0{'descr'"),
    "an HDF5 file": refused("is an HDF5 file")(b"\x89HDF\r\n\x1a\n"),
    "an Arrow file": refused("is an Arrow file")(b"ARROW1\0\0" + bytes(40)),
    "an Avro file": refused("is an Avro file")(b"Obj\x01\x04\x14avro.codec"),
    "a program": refused(UNREADABLE)(b"\x7fELF\x02\x01\x01\0" + bytes(range(200))),
    "all bytes there are": refused(UNREADABLE)(bytes(range(256)) * 9),
    "NULs alone": refused(UNREADABLE)(bytes(300)),
}
