"""No decision is lost: the server is killed under the reviewer's hands, and the tab closed before it is back."""

import signal
import subprocess
import sys
from collections import Counter

import pytest

from tests.browser.review_desk import CARD, open_desk, press_and_wait, read_events, start_desk, wait_until_saved
from tests.faults.test_locked import HOLDER, LOCKED_SECONDS
from tests.small_project import SmallProject

SLUG = "faults"
GUARD_MS = 500  # longer than the desk's own
KEPT_COUNT = "Object.keys(localStorage).filter((key) => key.startsWith('tandem.')).length"


@pytest.fixture
def folder(tmp_path):
    """A project of which 40 items wait."""
    SmallProject(tmp_path / "data", slug=SLUG, rows=44).answer_with(dict.fromkeys(range(1, 45), (2, 0.6)))
    return tmp_path


def press_all(page, keys):
    """(item, class) of each key pressed."""
    return [(press_and_wait(page, key), int(key)) for key in keys]


def brings_cards(reply):
    """Whether the desk asked for cards, and was answered."""
    return "/api/v1/review/" in reply.url and reply.ok and reply.request.post_data_json["want"] > 0


def stored(folder):
    """(item, class) of each decision in the database."""
    events = read_events(folder / "data", SLUG)
    assert {event["kind"] for event in events} <= {"label"}
    return Counter((event["item_id"], event["class_id"]) for event in events)


def test_every_decision_is_stored_once_though_the_server_is_killed_and_the_tab_closed(page, folder):
    server = start_desk(folder)
    try:
        open_desk(page, server, SLUG)
        made = press_all(page, "1212")
        server.stop(signal.SIGKILL)
        made += press_all(page, "1221")
        page.wait_for_selector(".saved[data-state=trouble]")
        assert "kept in this browser and will be sent" in page.locator(".saved").inner_text()
        with page.expect_response(brings_cards):  # what is saved first brings none while the page connects anew
            server = start_desk(folder, port=server.port)
        wait_until_saved(page)
        assert stored(folder) == Counter(made)
        assert page.locator(f"{CARD} .second button").count() == 2  # drawn once, though the page was connected anew
        page.wait_for_timeout(GUARD_MS)  # a card that came by itself takes no key meant for the one before

        server.stop(signal.SIGKILL)
        made += press_all(page, "21")
        page.close()
        server = start_desk(folder, port=server.port)
        assert sum(stored(folder).values()) == len(made) - 2
        page = page.context.new_page()
        open_desk(page, server, SLUG)
        wait_until_saved(page)
        assert stored(folder) == Counter(made)
        assert page.evaluate(KEPT_COUNT) == 0
    finally:
        server.close()


def test_decisions_made_while_another_program_holds_the_database_are_kept_and_stored_once(page, folder):
    server = start_desk(folder)
    path = folder / "data" / "projects" / SLUG / "project.db"
    command = [sys.executable, "-c", HOLDER, str(path), str(LOCKED_SECONDS)]
    try:
        open_desk(page, server, SLUG)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "locked\n"
            made = press_all(page, "1212")
            assert sum(stored(folder).values()) == 0
            assert page.evaluate(KEPT_COUNT) == len(made)
            assert holder.poll() is None
        wait_until_saved(page)
        assert stored(folder) == Counter(made)
        assert page.evaluate(KEPT_COUNT) == 0
    finally:
        server.close()
