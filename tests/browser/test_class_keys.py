"""The review desk with keys and colours that somebody chose, and an item that was sent back."""

import pytest
from playwright.sync_api import expect

from hitl.domain.bulk import BulkKind
from hitl.domain.class_looks import COLOURS, ClassLook
from hitl.loop.projects import ClassDraft, save_classes
from tests.browser.review_desk import (
    open_desk,
    press_and_wait,
    read_events,
    shown_item,
    start_desk,
    wait_until_saved,
)
from tests.bulk_acts import bulk_act
from tests.small_project import SmallProject

HOSTILE = "<img src=x onerror=\"document.title='owned'\"> \u202e**look** 🙂"
MANY = tuple(f"topic {number}" for number in range(12))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    few = SmallProject(folder / "data", slug="few", rows=12, class_names=("yes", "no", "maybe"))
    few.answer_with(dict.fromkeys(range(1, 13), (2, 0.6)))
    looks = [ClassLook("wine", "y"), ClassLook(None, "n"), None]
    choose(few, [ClassDraft(name, name, look=look) for name, look in zip(("yes", "no", "maybe"), looks, strict=True)])
    bulk_act(few, BulkKind.REVIEW, item_ids=[2], comment=HOSTILE)
    many = SmallProject(folder / "data", slug="many", rows=12, class_names=MANY)
    choose(many, [ClassDraft(name, name, look=ClassLook(None, "k") if name == MANY[8] else None) for name in MANY])
    server = start_desk(folder)
    yield server
    server.close()


def choose(small, drafts):
    save_classes(small.db, classes=drafts, actor=small.actor, now=small.now())


def test_an_item_that_was_sent_back_comes_first_and_says_why(page, server):
    open_desk(page, server, "few")
    assert shown_item(page) == 2
    expect(page.locator(".deck .sentback")).to_contain_text("Sent back by")
    expect(page.locator(".deck .sentback")).to_contain_text("onerror=")
    assert page.locator(".deck img").count() == 0
    assert page.title() != "owned"


def test_a_class_is_answered_with_the_key_that_was_chosen_for_it(page, server):
    open_desk(page, server, "few")
    button = page.locator(".deck .class").first
    assert [key.inner_text() for key in page.locator(".deck .class > kbd:first-child").all()] == ["Y", "N", "1"]
    assert button.locator(".mark").inner_text() == COLOURS["wine"].mark
    page.keyboard.press("2")  # no class has it
    answered = [press_and_wait(page, key) for key in ("y", "n", "1")]
    wait_until_saved(page)
    events = [event for event in read_events(server.data_dir, "few") if event["kind"] == "label"]
    assert [(event["item_id"], event["class_id"]) for event in events] == list(zip(answered, (1, 2, 3), strict=True))


def test_above_nine_classes_a_chosen_key_answers_and_other_letters_find(page, server):
    open_desk(page, server, "many")
    answered = press_and_wait(page, "k")
    page.keyboard.press("t")
    expect(page.get_by_role("option", name="topic 1", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    wait_until_saved(page)
    [event] = [event for event in read_events(server.data_dir, "many") if event["kind"] == "label"]
    assert (event["item_id"], event["class_id"]) == (answered, 9)
