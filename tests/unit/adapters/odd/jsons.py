"""Odd JSON."""

from tests.unit.adapters.odd.case import refused, rows

NO_TABLE = "no JSON that can be read as a table"
AB = rows(("1", "a"), ("2", "b"), columns=("id", "text"))

JSONS = {
    "a list": AB(b'[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]', "f.json"),
    "a list over many lines": AB(b'[\n{\n"id": 1,\n"text": "a"\n},\n{"id": 2, "text": "b"}\n]\n', "f.json"),
    "lines": AB(b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n', "f.jsonl"),
    "lines under another name": AB(b'{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n', "f.txt"),
    "a list under another name": AB(b'[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]', "f.csv"),
    "a table of text under the name of JSON lines": refused("no record with a field")(b"id,text\n1,a\n", "f.jsonl"),
    "a table of text under the name of JSON": refused(NO_TABLE)(b"id,text\n1,a\n", "f.json"),
    "lines with blank ones between": AB(b'\n{"id": 1, "text": "a"}\n\n{"id": 2, "text": "b"}\n\n', "f.jsonl"),
    "lines with commas behind": AB(b'{"id": 1, "text": "a"},\n{"id": 2, "text": "b"},\n', "f.jsonl"),
    "lines of Windows with a mark": AB(b'\xef\xbb\xbf{"id": 1, "text": "a"}\r\n{"id": 2, "text": "b"}\r\n', "f.jsonl"),
    "lines in UTF-16": AB('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n'.encode("utf-16"), "f.jsonl"),
    "a broken line": rows(("1",), ("3",), rejects=(2,))(b'{"id": 1}\n{"id": 2\n{"id": 3}\n', "f.jsonl"),
    "a line that is cut": rows(("1",), rejects=(2,))(b'{"id": 1}\n{"id": ', "f.jsonl"),
    "two objects on a line": rows(("3",), rejects=(1,))(b'{"id": 1}{"id": 2}\n{"id": 3}\n', "f.jsonl"),
    "lines that are no objects": rows(("1",), rejects=(2, 3, 4, 5))(b'{"id": 1}\n[1]\n"x"\n3\nnull\n', "f.jsonl"),
    "a field that stands twice": rows(("2",), rejects=(1,))(b'{"id": 1, "id": 3}\n{"id": 2}\n', "f.jsonl"),
    "paths that meet": rows(("2",), rejects=(1,))(b'{"a.b": 1, "a": {"b": 2}}\n{"a": {"b": 2}}\n', "f.jsonl"),
    "not a number and the infinite": rows(("NaN",), ("Infinity",), ("-Infinity",))(
        b'[{"x": NaN}, {"x": Infinity}, {"x": -Infinity}]', "f.json"
    ),
    "numbers with every digit": rows(("9007199254740993", "0.10000000000000000001", "1e400"))(
        b'[{"a": 9007199254740993, "b": 0.10000000000000000001, "c": 1e400}]', "f.json"
    ),
    "truth and nothing": rows(("true", "false", ""))(b'[{"a": true, "b": false, "c": null}]', "f.json"),
    "nested fields and lists": rows(("x", '[1, {"d": "é"}]'), columns=("a.b", "c"))(
        '[{"a": {"b": "x"}, "c": [1, {"d": "é"}]}]'.encode(), "f.json"
    ),
    "fields that come late": rows(("1", ""), ("", "2"), columns=("a", "b"))(b'[{"a": 1}, {"b": 2}]', "f.json"),
    "a field with an empty name": rows(("1", "2"))(b'[{"": 1, "a": 2}]', "f.json"),
    "names that differ by blanks": rows(("1", "2"), columns=("a", "a (2)"))(b'[{"a": 1, " a": 2}]', "f.json"),
    "escaped characters": rows(("é\n\t\U0001f600",))(b'[{"a": "\\u00e9\\n\\t\\ud83d\\ude00"}]', "f.json"),
    "half a character of two": rows(("fine",), rejects=(1,))(b'[{"a": "\\ud83d"}, {"a": "fine"}]', "f.json"),
    "an escaped NUL": rows(("fine",), rejects=(1,))(b'[{"a": "\\u0000"}, {"a": "fine"}]', "f.json"),
    "nested a hundred levels and more": rows(("1",), rejects=(1,))(
        b'{"a": ' + b"[" * 150 + b"]" * 150 + b'}\n{"b": 1}\n', "f.jsonl"
    ),
    "nested a hundred thousand levels": refused("levels deep|no record")(b"[" * 100_000, "f.json"),
    "a list for each column": AB(b'{"id": [1, 2], "text": ["a", "b"]}', "f.json"),
    "an object for each column": AB(b'{"id": {"0": 1, "1": 2}, "text": {"0": "a", "1": "b"}}', "f.json"),
    "columns and rows apart": AB(b'{"columns": ["id", "text"], "data": [[1, "a"], [2, "b"]]}', "f.json"),
    "a list under a name": AB(b'{"items": [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]}', "f.json"),
    "objects over several lines": AB(b'{\n"id": 1, "text": "a"\n}\n{\n"id": 2, "text": "b"\n}\n', "f.json"),
    "columns of unequal length": refused("Save it as a list of objects")(b'{"id": [1, 2], "text": ["a"]}', "f.json"),
    "objects by name": refused("Save it as a list of objects")(b'{"x": {"id": 1}, "y": {"id": 2}}', "f.json"),
    "several lists": refused("several lists")(b'{"a": [{"id": 1}], "b": [{"id": 2}]}', "f.json"),
    "a list of lists": refused("no record with a field")(b'[["id"], [1]]', "f.json"),
    "a list of numbers": refused("no record with a field")(b"[1, 2, 3]", "f.json"),
    "an empty list": refused("no record with a field")(b"[]", "f.json"),
    "empty objects": refused("no record with a field")(b"[{}, {}]", "f.json"),
    "a number": refused(NO_TABLE)(b"3", "f.json"),
    "a text": refused(NO_TABLE)(b'"x"', "f.json"),
    "null": refused(NO_TABLE)(b"null", "f.json"),
    "a list that is cut": refused("after record 1")(b'[{"id": 1}', "f.json"),
    "a list with a comma behind": refused("after record 1")(b'[{"id": 1},]', "f.json"),
    "a list without a comma": refused("after record 1")(b'[{"id": 1} {"id": 2}]', "f.json"),
    "a list with something behind": refused("goes on after its list")(b'[{"id": 1}] x', "f.json"),
    "comments in JSON": refused("is not JSON|no JSON")(b'// about\n[{"id": 1}]', "f.json"),
    "single quotes in JSON": refused("is not JSON")(b"[{'id': 1}]", "f.json"),
    "blanks alone in JSON": refused(NO_TABLE)(b"  \n ", "f.json"),
}
