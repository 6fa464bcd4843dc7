"""A real browser on content that wants to run: no script of it does, nothing is fetched for it, every page works."""

import shutil
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from hitl.domain.session_cookie import NAME
from tests.browser.hostile_project import LABELLED, SHORT, add_hostile_people, make_hostile_project
from tests.browser.kept_ports import take_port
from tests.browser.review_desk import CARD, press_and_wait, read_events, wait_until_saved
from tests.server import ROOT, START_COMMANDS, launch, wait_until_healthy

PAGES = tuple(sorted(path.stem.rstrip("_") for path in (ROOT / "pages").glob("[!_]*.py")))
WATCH_POLICY = """
    window.broken = [];
    addEventListener("securitypolicyviolation", (found) =>
        window.broken.push(`${found.effectiveDirective} ${found.blockedURI} ${found.sample}`));
"""
CAUGHT = """() => ({
    ran: window.pwned,
    broken: window.broken,
    links: [...document.querySelectorAll("a[href*='evil'], a[href^='javascript'], a[href^='data']")]
        .filter((link) => link.textContent !== link.getAttribute("href")).map((link) => link.outerHTML),
    made: [...document.querySelectorAll("[onload], [onerror], .katex, img[src*='evil'], img[src$='/x']")]
        .map((found) => found.outerHTML),
})"""
"""A bare address becomes a link in Markdown; it reads as it leads, so it is left."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A data folder with the hostile project, to be copied."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    make_hostile_project(data_dir)
    return data_dir


@pytest.fixture(scope="module")
def server(made, tmp_path_factory):
    """A server over the hostile project."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(made, folder / "data")
    server = launch(START_COMMANDS["python"], {}, folder / "data", take_port(), folder, folder / "server.log")
    wait_until_healthy(server)
    yield server
    server.close()


class Watch:
    """What a page did that it should not: requests elsewhere, dialogs, errors of its scripts."""

    def __init__(self, page, server):
        self.page, self.server, self.found, self.missing = page, server, [], []
        page.add_init_script(WATCH_POLICY)
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
        self.wait_until_drawn()

    def go_to(self, name):
        """Where the sidebar leads, as a person goes; opened by its address where it does not lead there."""
        link = self.page.get_by_test_id("stSidebarNav").locator(f"a[href$='/{name}'], a[href*='/{name}?']")
        if not link.is_visible() or link.evaluate("link => !!link.closest('[inert]')"):
            return self.open(name)
        link.click()
        expect(self.page).to_have_title(f"{link.get_by_test_id('stMarkdownContainer').inner_text()} · Tandem")
        return self.wait_until_drawn()

    def wait_until_drawn(self):
        expect(self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
        expect(self.page.locator("[data-testid=stMain] [data-testid=stHeading]").first).to_be_visible()

    def assert_harmless(self):
        expect(self.page.locator("[data-testid=stException]")).to_have_count(0)
        assert self.page.evaluate(CAUGHT) == {"ran": None, "broken": [], "links": [], "made": []}
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


@pytest.fixture(scope="module")
def peopled(made, tmp_path_factory):
    """A data folder with the hostile project and hostile people; the token of the owner."""
    data_dir = shutil.copytree(made, tmp_path_factory.mktemp("peopled") / "data")
    return data_dir, add_hostile_people(data_dir)


def test_nothing_runs_where_people_and_groups_are_named(peopled, start_server, page):
    """On every page, since the sidebar names who is here, and on the pages of the door."""
    data_dir, token = peopled
    server = start_server(data_dir=data_dir)
    watch = Watch(page, server)
    for name in ("auth/sign-in", "auth/sign-out", "auth/link/gone"):
        page.goto(f"{server.url}/{name}")
        watch.assert_harmless()
    page.goto(f"{server.url}/auth/sign-in")
    page.get_by_label("Sign-in name").fill(f"{SHORT}<script>window.pwned=1</script>")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    watch.assert_harmless()
    page.context.add_cookies([{"name": NAME, "value": token, "url": server.url}])
    for name in PAGES:
        watch.go_to(name)
        expect(page.get_by_test_id("stSidebar")).to_contain_text("<svg onload")
        watch.assert_harmless()


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


def test_the_review_deck_is_text_and_takes_a_decision(server, page):
    watch = Watch(page, server)
    page.goto(f"{server.url}/review?project=hostile")
    page.wait_for_selector(CARD)
    before = len(read_events(server.data_dir, "hostile"))
    press_and_wait(page, "1")
    wait_until_saved(page)
    watch.assert_harmless()
    assert len(read_events(server.data_dir, "hostile")) == before + 1
