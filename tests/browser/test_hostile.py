"""A real browser on content that wants to run: no script of it does, nothing is fetched for it, every page works."""

from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.hostile_project import LABELLED, SHORT, make_hostile_project
from tests.browser.review_desk import CARD, press_and_wait, read_events, wait_until_saved

PAGES = ("", "review", "explore", "train", "versions", "compare", "import", "settings")
CAUGHT = """() => ({
    ran: window.pwned,
    links: [...document.querySelectorAll("a[href*='evil'], a[href^='javascript'], a[href^='data']")]
        .filter((link) => link.textContent !== link.getAttribute("href")).map((link) => link.outerHTML),
    made: [...document.querySelectorAll("[onload], [onerror], .katex, img[src*='evil'], img[src$='/x']")]
        .map((found) => found.outerHTML),
})"""
"""A bare address becomes a link in Markdown; it reads as it leads, so it is left."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A data folder with the hostile project."""
    data_dir = tmp_path_factory.mktemp("hostile") / "data"
    make_hostile_project(data_dir)
    return data_dir


@pytest.fixture
def server(hostile, start_server):
    """A server over the hostile project."""
    return start_server(data_dir=hostile)


class Watch:
    """What a page did that it should not: requests elsewhere, dialogs, errors of its scripts."""

    def __init__(self, page, server):
        self.page, self.server, self.found, self.missing = page, server, [], []
        page.on("request", lambda request: self.note(request.url))
        page.on("dialog", lambda dialog: (self.found.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("response", self.note_missing)

    def note(self, url):
        if urlsplit(url).scheme in {"http", "https", "ws"} and urlsplit(url).port != self.server.port:
            self.found.append(url)

    def note_missing(self, answer):
        """Streamlit looks for itself below each page's own address first, in case a proxy put it there."""
        if answer.status >= 400 and "/_stcore/" not in answer.url:
            self.missing.append(answer.url)

    def open(self, name, **options):
        query = "".join(f"&{key}={value}" for key, value in options.items())
        self.page.goto(f"{self.server.url}/{name}?project=hostile{query}")
        expect(self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
        expect(self.page.locator("[data-testid=stMain] [data-testid=stHeading]").first).to_be_visible()

    def assert_harmless(self):
        expect(self.page.locator("[data-testid=stException]")).to_have_count(0)
        assert self.page.evaluate(CAUGHT) == {"ran": None, "links": [], "made": []}
        assert self.found == []


def test_nothing_runs_on_any_page(server, page):
    watch = Watch(page, server)
    for name in PAGES:
        watch.open(name)
        for expander in page.locator("[data-testid=stExpander] summary").all():
            if expander.is_visible():
                expander.click()
        watch.assert_harmless()
    assert watch.missing == []


def test_the_longest_item_opens_and_menus_and_bulk_panel_are_text(server, page):
    watch = Watch(page, server)
    watch.open("explore", item=quote(f"{LABELLED} {SHORT}"))
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_visible()
    assert "long xxx" in page.get_by_test_id("stMain").inner_text()
    page.get_by_text("Views", exact=True).click()
    expect(page.get_by_role("button", name="Keep view")).to_be_visible()
    watch.assert_harmless()
    page.keyboard.press("Escape")
    page.get_by_text("Change many").click()
    expect(page.get_by_text("items that fit the filters")).to_be_visible()
    watch.assert_harmless()


def test_the_review_deck_is_text_and_takes_a_decision(server, page, hostile):
    watch = Watch(page, server)
    page.goto(f"{server.url}/review?project=hostile")
    page.wait_for_selector(CARD)
    before = len(read_events(hostile, "hostile"))
    press_and_wait(page, "1")
    wait_until_saved(page)
    watch.assert_harmless()
    assert len(read_events(hostile, "hostile")) == before + 1
