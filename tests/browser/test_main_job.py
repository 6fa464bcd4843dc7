"""The main job as a person does it: import a file, train, review, correct, retrain, promote, roll back, export."""

import csv
import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from hitl.store.connection import fetch_all, fetch_value, open_project
from tests.browser.review_desk import press_and_wait, wait_for, wait_until_saved
from tests.generated_texts import write_messages

SLUG = "complaints"
ROWS, LABELLED, REVIEWED = 300, 60, 10
JOB_MS = 90_000


@pytest.fixture
def truth():
    """The right answer of each item of the file."""
    return {f"c{number}": pair for number, pair in enumerate(write_messages(ROWS, seed=3))}


@pytest.fixture
def file(tmp_path, truth):
    """The file: few rows are labelled, and one has a label that is no text at all."""
    path = tmp_path / "complaints.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "message", "topic"])
        for number, (item, (text, topic)) in enumerate(truth.items()):
            writer.writerow([item, text, topic if number < LABELLED else ""])
        writer.writerow(["", "a row without an id", ""])
    return path


def test_the_main_job_from_file_to_export(server, page, file, truth, tmp_path):
    import_file(page, server, file)
    train(page, server, "Train a first model")
    answered = review(page, server, truth)
    corrected = explore_and_correct(page, server, truth)
    train(page, server, "Retrain")
    promote_and_roll_back(page, server)
    labels = export_labels(page, server, tmp_path)
    assert {item: labels[item] for item in answered} == answered
    assert labels[corrected] != truth[corrected][1]
    assert len(labels) == LABELLED + len({*answered, corrected} - {f"c{number}" for number in range(LABELLED)})


def import_file(page, server, file):
    page.goto(f"{server.url}/import")
    page.set_input_files("input[type=file]", str(file))
    page.get_by_role("button", name="Make the project and import").click()
    expect(page.get_by_text("complaints.csv is imported")).to_be_visible()
    expect(page.get_by_text("1 row could not be imported")).to_be_visible()
    page.get_by_text("Rows that were left out").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all of them").click()
    rejects = list(csv.reader(download.value.path().open(encoding="utf-8-sig", newline="")))
    assert rejects[1][:2] == [str(ROWS + 2), "id"]


def train(page, server, label):
    page.goto(f"{server.url}/train?project={SLUG}")
    before = version_count(server)
    page.get_by_role("button", name=label).click()
    wait_for(lambda: version_count(server) > before, "a new version", seconds=JOB_MS / 1_000)
    expect(page.get_by_role("button", name="Retrain").last).to_be_enabled(timeout=JOB_MS)  # while a page draws, two


def review(page, server, truth):
    """Answer the head of the queue by keys, as the file knows it; what was answered, by item."""
    page.goto(f"{server.url}/review?project={SLUG}")
    page.wait_for_selector(".deck .card")
    answered = {}
    for _ in range(REVIEWED):
        item = page.locator(".deck .card .name").inner_text()
        names = page.locator(".deck .classes .label").all_inner_texts()
        answered[item] = truth[item][1]
        press_and_wait(page, str(names.index(truth[item][1]) + 1))
    wait_until_saved(page)
    return answered


def explore_and_correct(page, server, truth):
    """Brush the sure end of the histogram, open its first item and give it another class; the item."""
    page.goto(f"{server.url}/explore?project={SLUG}")
    expect(page.get_by_text(f"{ROWS} items")).to_be_visible()
    brush(page, 0.75, 0.99)
    expect(page.get_by_text(re.compile(r"^\d+ items$"))).not_to_have_text(f"{ROWS} items")
    shown = int(page.get_by_text(re.compile(r"^\d+ items$")).inner_text().split()[0])
    assert 0 < shown < ROWS
    item = next(item for item, (_, topic) in truth.items() if topic == "delivery")
    page.goto(f"{server.url}/explore?project={SLUG}&item={item}")
    expect(page.get_by_text("imported label: delivery").first).to_be_visible()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.locator("[data-testid=stButtonGroup]").get_by_text("billing", exact=True).click()
    page.get_by_label("Comment").fill("a second look")
    page.keyboard.press("Tab")
    page.get_by_role("button", name=re.compile("^(Save|Decide)")).click()
    expect(page.get_by_text("decided: billing").first).to_be_visible()
    return item


def brush(page, start, end):
    box = page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg").first.bounding_box()
    y = box["y"] + box["height"] * 0.5
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=8)
    page.mouse.up()


def promote_and_roll_back(page, server):
    page.get_by_role("button", name="Promote Version 2").click()
    wait_for(lambda: promotions(server)[-1] == "promote:2", "the promotion")
    page.goto(f"{server.url}/versions?project={SLUG}")
    page.get_by_role("button", name="Roll back to Version 1").click()
    wait_for(lambda: promotions(server)[-1] == "rollback:1", "the way back")
    expect(page.get_by_text("In use").first).to_be_visible()
    assert promotions(server) == ["promote:1", "promote:2", "rollback:1"]


def export_labels(page, server, tmp_path):
    """The exported labels by item."""
    page.goto(f"{server.url}/settings?project={SLUG}")
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as download:
        page.locator(".st-key-export_labels button").first.click()
    path = tmp_path / "labels.csv"
    download.value.save_as(path)
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig", newline="")))
    assert max(Counter(row["id"] for row in rows).values()) == 1
    return {row["id"]: row["label"] for row in rows}


def version_count(server):
    return read(server, lambda db: fetch_value(db, "SELECT count(*) FROM versions"))


def promotions(server):
    sql = "SELECT kind || ':' || version_id AS step FROM promotions ORDER BY id"
    return read(server, lambda db: [row["step"] for row in fetch_all(db, sql)])


def read(server, ask):
    db = open_project(server.data_dir, SLUG)
    try:
        return ask(db)
    finally:
        db.conn.close()
