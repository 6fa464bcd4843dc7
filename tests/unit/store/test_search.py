"""Search finds the visible items that hold the words typed, whatever is typed, and the index never strays from them."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from hitl.domain.rows import Row
from hitl.loop.ingest import discard_import, stage_rows
from hitl.store.connection import fetch_all, open_project
from hitl.store.migrations import PROJECT_MIGRATIONS
from hitl.store.search import check_index, matching_item_ids, rebuild_index, search_expression
from tests.small_project import SmallProject

TEXTS = {
    "a1": "The parcel never arrived, where is my refund?",
    "a2": "Refund received, thank you; parcel returned",
    "a3": "<script>alert('x')</script> \x1b[31mred\x1b[0m",
    "a4": "返金をお願いします",
    "a5": "Crème brûlée \u202eevil\u202c pass\u200bword 😀",
    "a6": "AND OR NOT NEAR col:umn C++ 100% a_b",
    "order-77": "nothing else",
    "a8": "x" * 1_000_000 + " beyond",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    small = SmallProject(tmp_path_factory.mktemp("shelf"), rows=0)
    small.add_rows([(name, text, "") for name, text in TEXTS.items()])
    return small.db


def found(db, typed, **options):
    names = {row["id"]: row["external_id"] for row in fetch_all(db, "SELECT id, external_id FROM items")}
    return [names[item_id] for item_id in matching_item_ids(db, typed, **options)]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("refund", ["a1", "a2"]),
        ("REFUND parcel", ["a1", "a2"]),
        ("parcel never", ["a1"]),
        ('"refund received"', ["a2"]),
        ('"received refund"', []),
        ("ref", ["a1", "a2"]),
        ("ref parcel", []),
        ('"ref"', []),
        ('"refund rec', ["a2"]),
        ("creme brulee", ["a5"]),
        ("password", ["a5"]),
        ("evil", ["a5"]),
        ("😀", ["a5"]),
        ("返金", ["a4"]),
        ("お願い", ["a4"]),
        ("金返", []),
        ("script alert", ["a3"]),
        ("and or not near", ["a6"]),
        ("col:umn", ["a6"]),
        ("order-77", ["order-77"]),
        ("77", ["order-77"]),
        ("beyond", ["a8"]),
        ("", []),
        ("   ", []),
        ('?!*"', []),
        ("?! refund", ["a1", "a2"]),
    ],
)
def test_what_is_typed_finds(shelf, typed, names):
    assert found(shelf, typed) == names


def test_a_limit_gives_the_first_ones(shelf):
    assert found(shelf, "refund", limit=1) == ["a1"]


ODD = [
    "NEAR(a b, 2)",
    "text:x",
    "^x",
    "- x",
    "{a b}: c",
    "a* b*",
    '"',
    '"""',
    "'",
    "\0",
    "a\0b",
    "\ud800",
    "(",
    "a AND",
    "*",
]
ODD += [
    "a AND",
    "refund " * 1_500,
    "x" * 10_000,
    '"' * 9_999,
    "返" * 10_000,
    "\u202e\u200b",
    "a" * 40_000,
    "+",
    "items_fts",
    "%_\\",
]


@pytest.mark.parametrize("typed", ODD)
def test_nothing_that_is_typed_is_an_error(shelf, typed):
    matching_item_ids(shelf, typed)


@given(st.text(st.characters(), max_size=60) | st.text('" *^:()+-ANDORNTE\0', max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_at_all_is_an_error(shelf, typed):
    matching_item_ids(shelf, typed)


@given(st.lists(st.sampled_from([*TEXTS["a1"].split(), "refund", "arrived"]), min_size=1, max_size=4))
def test_words_of_an_item_find_it(shelf, words):
    assert "a1" in found(shelf, " ".join(words))


def test_words_beyond_the_first_64_are_left_out():
    assert search_expression("a " * 100).count('"a"') == 64


def stage(small, rows):
    values = [Row(n, dict(zip(("id", "text", "label"), row, strict=True))) for n, row in enumerate(rows, start=2)]
    return stage_rows(
        small.db,
        rows=values,
        file_name="f.csv",
        file_sha256="5" * 64,
        request_id=small.request(),
        actor=small.actor,
        now=small.now(),
    )


def test_a_staged_item_is_not_found_before_it_is_published(small):
    stage(small, [("n1", "zebra crossing", "")])
    assert found(small.db, "zebra") == []
    assert check_index(small.db) == []


def test_a_discarded_import_is_in_the_index_no_more(small):
    import_id = stage(small, [("n1", "zebra crossing", "")])
    discard_import(small.db, import_id=import_id, actor=small.actor, now=small.now())
    assert check_index(small.db) == []
    assert fetch_all(small.db, "SELECT rowid FROM items_fts WHERE items_fts MATCH 'zebra'") == []


def test_an_earlier_revision_is_not_found(small):
    small.add_rows([("t0", "zebra crossing", "")])
    assert found(small.db, "zebra") == ["t0"]
    assert "t0" not in found(small.db, "number")


def test_a_damaged_index_is_noticed_and_filled_anew(small):
    small.db.execute("INSERT INTO items_fts(items_fts, rowid, text) SELECT 'delete', id, text FROM items_text LIMIT 1")
    assert "t0" not in found(small.db, "number")
    [finding] = check_index(small.db)
    assert "search index" in finding
    rebuild_index(small.db)
    assert check_index(small.db) == []
    assert "t0" in found(small.db, "number")


OLD_PROJECT = """
    INSERT INTO imports(id, file_name, file_sha256, actor_id, at) VALUES (1, 'old.csv', '0', 1, 'x');
    INSERT INTO groups(id, input_hash) VALUES (1, 7);
    INSERT INTO items(id, import_id, row_number, external_id, group_id, fields)
        VALUES (1, 1, 2, 'old-1', 1, '{"text": "A zebra in 返金", "price": 4.5, "note": null}');
    INSERT INTO import_ends(import_id, outcome, summary, at) VALUES (1, 'published', '{}', 'x');
    INSERT INTO item_state(item_id, group_id, route) VALUES (1, 1, 'cold_start');
    """


def test_a_project_from_before_the_index_gets_it_when_it_is_opened(tmp_path):
    folder = tmp_path / "projects" / "old"
    folder.mkdir(parents=True)
    with closing(sqlite3.connect(folder / "project.db", isolation_level=None)) as conn:
        PROJECT_MIGRATIONS.apply(Database(conn), stop_before="m010_search")
        conn.executescript(OLD_PROJECT)
    db = open_project(tmp_path, "old")
    assert [found(db, typed) for typed in ("zebra", "金", "old-1", "4.5")] == [["old-1"], ["old-1"], ["old-1"], []]
    assert check_index(db) == []
