"""Driving the review desk in a real browser, and reading what it left in the database."""

import json
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path

from hitl.store.connection import fetch_all, open_project
from tests.browser import two_people
from tests.browser.kept_ports import take_port
from tests.server import ROOT, launch, wait_until_healthy

CARD = ".deck .card"
WAIT_SECONDS = 20


def start_desk(folder, *, port=None):
    """A server of two people over ``folder/data``, healthy."""
    command = [sys.executable, two_people.__file__]
    path = {"PYTHONPATH": str(ROOT)}
    server = launch(command, path, folder / "data", port or take_port(), folder, folder / f"server-{time.time()}.log")
    wait_until_healthy(server)
    return server


def open_desk(page, server, slug):
    """The review page with its first card drawn; nothing is clicked."""
    page.goto(f"{server.url}/review?project={slug}")
    page.wait_for_selector(CARD)


def shown_item(page):
    """The id of the item on the card."""
    return int(page.locator(CARD).get_attribute("data-item-id"))


def press_and_wait(page, key):
    """Press a key; return the item it was pressed on, once another card or none is there."""
    item_id = shown_item(page)
    page.keyboard.press(key)
    page.wait_for_selector(f"{CARD}:not([data-item-id='{item_id}']), .deck .empty")
    return item_id


def wait_until_saved(page):
    """Return when nothing waits for the server."""
    page.wait_for_selector(".saved[data-state=saved]")


def ask_as_the_other(server, slug, **body):
    """What the second person's browser would send, without one; the reply."""
    request = urllib.request.Request(
        f"{server.url}/api/v1/review/{slug}",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "cookie": "{name}={value}".format(**two_people.COOKIE)},
    )
    with urllib.request.urlopen(request, timeout=WAIT_SECONDS) as reply:
        return json.load(reply)


def read_events(data_dir, slug):
    """All that reviewers did, in order."""
    db = open_project(Path(data_dir), slug)
    with closing(db.conn):
        return fetch_all(db, "SELECT * FROM events WHERE source = 'reviewer' ORDER BY id")


def answers(data_dir, slug):
    """(item, class) of each label given, in order."""
    return [(event["item_id"], event["class_id"]) for event in read_events(data_dir, slug) if event["kind"] == "label"]


def wait_for(condition, what, *, seconds=WAIT_SECONDS):
    """Return the first true value of ``condition()``; fail after that many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.05)
    return value
