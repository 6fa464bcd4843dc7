"""Many items at once: rows are ticked, labelled as one act and taken back, whatever the names hold."""

import pytest
from playwright.sync_api import expect

from hitl.store.connection import fetch_all, open_project
from tests.small_project import SmallProject

HOSTILE = "<img src=x onerror=alert(1)> \u202eno **bold** 🙂"
ROW_HEIGHT, BOX = 34, 16


@pytest.fixture
def small(start_server, tmp_path):
    """A server with a small project that has a class of a hostile name."""
    data_dir = tmp_path / "data"
    SmallProject(data_dir, class_names=("yes", HOSTILE)).db.conn.close()
    return start_server(data_dir=data_dir, environ={"TANDEM_SAMPLES": "no"})


def labels(server):
    db = open_project(server.data_dir, "small")
    try:
        rows = fetch_all(
            db,
            "SELECT external_id, class_revisions.name FROM item_state JOIN items ON items.id = item_id"
            " JOIN class_revisions ON class_revisions.class_id = resolved_class_id",
        )
    finally:
        db.conn.close()
    return {row["external_id"]: row["name"] for row in rows}


def tick(page, row):
    table = page.get_by_test_id("stDataFrame").first
    table.click(position={"x": BOX, "y": (row + 1) * ROW_HEIGHT + BOX})


def test_ticked_rows_are_labelled_at_once_and_taken_back(small, page):
    alerts = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"{small.url}/explore?project=small")
    before = labels(small)
    page.get_by_text("Change many").click()
    expect(page.get_by_text("All 12 items that fit the filters")).to_be_visible()
    for row in (4, 6):
        tick(page, row)
    expect(page.get_by_text("2 ticked rows")).to_be_visible()
    page.get_by_label("What to do").click()
    page.get_by_role("option", name="Label with one class").click()
    expect(page.get_by_label("Class", exact=True)).to_have_count(2)  # the filter's, and the one to label with
    page.get_by_label("Class", exact=True).last.click()
    page.get_by_role("option", name="onerror").click()
    page.get_by_label("Reason").fill(HOSTILE)
    page.get_by_label("Reason").press("Enter")
    page.get_by_role("button", name="Label 2 items").click()
    expect(page.get_by_text("2 items labelled").first).to_be_visible()
    assert labels(small) == {**before, "t4": HOSTILE, "t6": HOSTILE}
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone: 2 items labelled").first).to_be_visible()
    assert labels(small) == before
    assert not alerts
    assert page.locator("img[src='x']").count() == 0
