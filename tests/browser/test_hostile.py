"""A real browser on content that wants to run: no script of it does, nothing is fetched for it, every page works."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.hostile_project import make_hostile_project

PAGES = ("", "review", "explore", "train", "versions", "compare", "import", "settings")
CAUGHT = """() => ({
    ran: window.pwned,
    links: [...document.querySelectorAll("a[href*='evil'], a[href^='javascript'], img[src*='evil'], img[src$='/x']")]
        .map((found) => found.outerHTML),
    made: [...document.querySelectorAll("[onload], [onerror], .katex")].map((found) => found.outerHTML),
})"""


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
        page.on("response", lambda answer: self.missing.append(answer.url) if answer.status >= 400 else None)

    def note(self, url):
        if urlsplit(url).scheme in {"http", "https", "ws"} and urlsplit(url).port != self.server.port:
            self.found.append(url)

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
            expander.click()
        watch.assert_harmless()
    assert watch.missing == []
