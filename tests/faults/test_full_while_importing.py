"""The disk fills up at any point of an import: nothing of it is seen, and it goes on when there is room."""

import pytest

from hitl.domain.errors import StoreUnusable
from hitl.domain.rows import Row
from hitl.loop.ingest import discard_import, publish_import, stage_rows
from hitl.store.connection import fetch_value
from hitl.store.rebuilding import check
from hitl.store.search import check_index, matching_item_ids
from tests.small_project import SmallProject

ROWS = [
    Row(n, {"id": f"n{n}", "text": f"word{n} " * 12, "label": "yes" if n % 9 == 0 else ""}) for n in range(2, 1_502)
]
VISIBLE = "SELECT count(*) FROM item_state"


@pytest.fixture
def small(tmp_path, monkeypatch):
    monkeypatch.setattr("hitl.loop.ingest.CHUNK_ROWS", 200)
    return SmallProject(tmp_path)


def take_in(small):
    common = {"actor": small.actor, "now": small.clock}
    import_id = stage_rows(small.db, rows=ROWS, file_name="f.csv", file_sha256="7" * 64, request_id="full", **common)
    return publish_import(small.db, import_id=import_id, **common)


def allow(small, pages):
    small.db.conn.execute(f"PRAGMA max_page_count = {pages}").fetchone()


def page_count(small):
    return fetch_value(small.db, "PRAGMA page_count")


def is_sound(small):
    return (check(small.db), check_index(small.db)) == ([], []) and fetch_value(small.db, "PRAGMA quick_check") == "ok"


@pytest.mark.parametrize("room", [0, 3, 9, 30, 60, 90, 110])
def test_an_import_that_ran_out_of_room_goes_on_when_there_is_some(small, room):
    allow(small, page_count(small) + room)
    with pytest.raises(StoreUnusable, match="full"):
        take_in(small)
    allow(small, 1 << 30)
    assert fetch_value(small.db, VISIBLE) == 12
    assert is_sound(small)
    summary = take_in(small)
    assert (summary.new, summary.rejected, fetch_value(small.db, VISIBLE)) == (1_500, (), 1_512)
    assert len(matching_item_ids(small.db, "word1501")) == 1
    assert is_sound(small)


def test_an_import_that_ran_out_of_room_can_be_discarded_without_more(small):
    allow(small, page_count(small) + 100)
    with pytest.raises(StoreUnusable, match="full"):
        take_in(small)
    import_id = fetch_value(small.db, "SELECT max(id) FROM imports")
    discard_import(small.db, import_id=import_id, actor=small.actor, now=small.clock)
    assert fetch_value(small.db, "SELECT count(*) FROM items") == 12
    assert is_sound(small)
