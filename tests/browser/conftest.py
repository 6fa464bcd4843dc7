"""Fixtures of the browser tests: the real server in its own process, a real Chromium, a page.

def test_x(server, page):
    page.goto(server.url)
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.chromium import find_chromium, launch_args
from tests.server import START_COMMANDS, free_port, launch, wait_until_healthy

PAGE_TIMEOUT_MS = 20_000

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
        server = launch(command, environ or {}, data_dir, port or free_port(), cwd, log_path)
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


@pytest.fixture(scope="module")
def browser():
    """One Chromium for the tests of a file: its driver's event loop would be in the way of tests that run their own."""
    path = find_chromium()
    if path is None:
        pytest.fail("No Chromium was found. Run `python tests/install_browser.py`, or set TANDEM_CHROMIUM.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=launch_args())
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh page in a context of its own, 1440 × 900."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PAGE_TIMEOUT_MS)
    yield context.new_page()
    context.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call":
        item.failed_call = outcome.get_result().failed
