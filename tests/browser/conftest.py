"""Fixtures of the browser tests: the real server in its own process, a real Chromium, a page.

def test_x(server, page):
    page.goto(server.url)
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.kept_ports import take_port
from tests.chromium import find_chromium, launch_args
from tests.server import START_COMMANDS, launch, wait_until_healthy

PAGE_TIMEOUT_MS = 20_000
VIEWPORT = {"width": 1440, "height": 900}
SHORT_LIVED = "--js-flags=--no-opt --no-maglev"
"""Pages that are open for seconds end before compilers that look at what is called often have paid off."""
KEPT_BY_PAGES = "local_storage,indexeddb,service_workers,cache_storage"

expect.set_options(timeout=PAGE_TIMEOUT_MS)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def start_server(tmp_path, request):
    """A function that starts a server on a free port and waits until it is healthy; all are stopped at the end."""
    started = []

    def start(*, command=START_COMMANDS["python"], environ=None, data_dir=tmp_path / "data", port=None, cwd=tmp_path):
        log_path = tmp_path / f"server-{len(started)}.log"
        server = launch(command, environ or {}, data_dir, port or take_port(), cwd, log_path)
        started.append(server)
        wait_until_healthy(server)
        return server

    yield start
    for server in started:
        server.close()
        if getattr(request.node, "failed_call", False):
            print(f"--- server at {server.url}\n{server.read_log()}")


@pytest.fixture
def server(start_server):
    """One running server with an empty data folder."""
    return start_server()


@pytest.fixture(scope="session")
def profile_folder(tmp_path_factory):
    """What a browser keeps from one file's tests to the next: scripts, compiled: half of what a page costs."""
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module")
def profile(profile_folder):
    """One Chromium for the tests of a file: its driver's event loop would be in the way of tests that run their own.

    A tab stays open to the end.
    """
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium was found. Run `python tests/install_browser.py`, or set TANDEM_CHROMIUM.")
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile_folder, executable_path=path, args=[*launch_args(), SHORT_LIVED], viewport=VIEWPORT
        )
        context.set_default_timeout(PAGE_TIMEOUT_MS)
        yield context
        context.close()


@pytest.fixture(scope="module")
def browser(profile):
    """The browser itself, for contexts of other people and other screens."""
    return profile.browser


@pytest.fixture
def page(profile):
    """A page in a context without cookies or anything kept by an earlier page, 1440 × 900."""
    first, page = profile.pages[0], profile.new_page()
    yield page
    for one in profile.pages[1:]:
        one.close()
    profile.clear_cookies()
    chromium = profile.new_cdp_session(first)
    chromium.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": KEPT_BY_PAGES})
    chromium.detach()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed_call = outcome.get_result().failed
