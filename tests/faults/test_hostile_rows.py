"""Rows made to harm: kept as they are and found by what they say, or left out with row and column named."""

import csv
import gzip
import io

import pytest

from hitl.adapters.readers.settling import open_rows, settle_reading
from hitl.domain.errors import BadInput
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.ingest import publish_import, stage_rows
from hitl.store.connection import fetch_all
from hitl.store.rebuilding import check
from hitl.store.search import check_index, matching_item_ids
from tests.small_project import FIELDS, START, SmallProject

HARMFUL = {
    "html": ("<script>alert(1)</script><img src=x onerror=alert(2)>", "onerror alert"),
    "formula": ("=cmd|' /C calc'!A0,\"quoted\"", "calc quoted"),
    "ansi": ("\x1b[31mred\x1b]0;title\x07 alarm", "alarm"),
    "right to left": ("invoice \u202egnp.exe\u202c end", "gnp.exe"),
    "hidden": ("pass\u200b\u00adword and more", "password"),
    "emoji": ("thanks 👩‍👩‍👧‍👦🏳️‍🌈 bye", "👩‍👩‍👧‍👦"),
    "zalgo": ("z\u0351\u0352a\u0300\u0301lgo", "zalgo"),
    "many lines": ("first\r\nsecond\n\n\tthird", "second third"),
    "query": ('NEAR(a b) OR "x" * ^y text:z', 'NEAR(a b) "x"'),
    "template": ("{{7*7}} ${jndi:ldap://x} %s %n {0}", "jndi ldap"),
    "sql": ("'); DROP TABLE items;--", "drop table items"),
    "long": ("word " * 200_000 + "needle", "needle"),
    "one word": ("x" * 1_000_000, "x" * 1_000_000),
    "chinese": ("我要退款" * 1_000 + "谢谢", "款谢谢"),
    "combining flood": ("a" + "\u0300" * 50_000 + " tail", "tail"),
}


def as_csv(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["id", "text", "label"], *rows])
    return text.getvalue().encode("utf-8")


def take_in(small, body, *, name="harm.csv"):
    settled = settle_reading(io.BytesIO(body), file_name=name, args={}, fields=FIELDS)
    with open_rows(io.BytesIO(body), file_name=name, settled=settled) as rows:
        import_id = stage_rows(
            small.db,
            rows=rows,
            file_name=name,
            file_sha256="6" * 64,
            request_id=small.request(),
            actor=LOCAL_OWNER,
            now=START,
        )
    return publish_import(small.db, import_id=import_id, actor=LOCAL_OWNER, now=START)


@pytest.fixture(scope="module", params=["plain", "packed"])
def shelf(request, tmp_path_factory):
    """Every harmful text and id as an item, from a file as it is and from a packed one."""
    small = SmallProject(tmp_path_factory.mktemp("harm"), rows=0)
    rows = [*((f"id {name}", text, "") for name, (text, _) in HARMFUL.items()), ("<b>\u202eid\u200b</b>", "plain", "")]
    body = as_csv(rows)
    packed = request.param == "packed"
    summary = take_in(small, gzip.compress(body) if packed else body, name="harm.csv.gz" if packed else "harm.csv")
    assert (summary.new, summary.rejected) == (len(HARMFUL) + 1, ())
    return small.db


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_text_is_kept_as_it_is_and_found(shelf, name):
    text, typed = HARMFUL[name]
    rows = fetch_all(
        shelf, "SELECT id, json_extract(fields, '$.text') AS text FROM items WHERE external_id = ?", (f"id {name}",)
    )
    assert [row["text"] for row in rows] == [text]
    assert matching_item_ids(shelf, typed) == [rows[0]["id"]]


def test_derived_tables_and_index_stand_whatever_the_rows_say(shelf):
    assert (check(shelf), check_index(shelf)) == ([], [])


@pytest.mark.parametrize(
    ("cells", "field", "remedy"),
    [
        (b"a,nul\x00here,", "text", "NUL character. Remove it"),
        (b"nul\x00,text,", "id", "NUL character. Remove it"),
        (b"a,broken \xff\xfe,", "text", "Choose another encoding"),
        (b"a,half \xed\xa0\x80,", "text", "Choose another encoding"),
    ],
)
def test_what_cannot_be_kept_is_left_out_by_row_and_column(tmp_path, cells, field, remedy):
    small = SmallProject(tmp_path, rows=0)
    fine = "".join(f"f{n},fine é text {n},\n" for n in range(20)).encode()
    summary = take_in(small, b"id,text,label\n" + cells + b"\n" + fine)
    assert summary.new == 20
    [reject] = summary.rejected
    assert (reject.row, reject.field) == (2, field)
    assert remedy in reject.message


def test_ten_thousand_columns_are_refused_in_one_sentence(tmp_path):
    small = SmallProject(tmp_path, rows=0)
    names = ",".join(["id", "text", *(f"c{n}" for n in range(10_000))])
    with pytest.raises(BadInput, match=r"10,002 columns; up to 2,000 can be imported\. Leave out"):
        take_in(small, f"{names}\n{names}\n".encode())
