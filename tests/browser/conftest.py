"""Fixtures of the browser tests: the real server in its own process, a real Chromium, a page.

def test_x(server, page):
    page.goto(server.url)
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from hitl.worker import stop_worker
from tests.chromium import find_chromium, launch_args

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 20
PAGE_TIMEOUT_MS = 20_000
START_COMMANDS = {
    "python": [sys.executable, str(ROOT / "app.py")],
    "streamlit": [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")],
}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Server:
    """A running Tandem."""

    url: str
    port: int
    data_dir: Path
    process: subprocess.Popen
    log_path: Path

    def stop(self, number=signal.SIGTERM):
        """Send the signal and wait for the end; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def read_log(self):
        """All that the server has said."""
        return self.log_path.read_text("utf-8", errors="replace")


@pytest.fixture
def start_server(tmp_path, request):
    """A function that starts a server on a free port and waits until it is healthy; all are stopped at the end."""
    started = []

    def start(*, command=START_COMMANDS["python"], environ=None, data_dir=tmp_path / "data", port=None, cwd=tmp_path):
        server = launch(
            command, environ or {}, data_dir, port or free_port(), cwd, tmp_path / f"server-{len(started)}.log"
        )
        started.append(server)
        wait_until_healthy(server)
        return server

    yield start
    for server in started:
        server.stop()
        stop_worker(server.data_dir)  # outlives a server that was killed
        if getattr(request.node, "failed_call", False):
            print(f"--- server at {server.url}\n{server.read_log()}")


@pytest.fixture
def server(start_server):
    """One running server with an empty data folder."""
    return start_server()


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the run."""
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


def free_port():
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def launch(command, environ, data_dir, port, cwd, log_path):
    """The server's process, not yet ready."""
    settings = {"TANDEM_DATA": str(data_dir), "TANDEM_PORT": str(port), "TANDEM_SAMPLES": "no", "PYTHONUNBUFFERED": "1"}
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env={**os.environ, **settings, **environ},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Server(f"http://127.0.0.1:{port}", port, Path(data_dir), process, log_path)


def wait_until_healthy(server):
    """Return when /healthz says ok; fail with the log when the server ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(server.url):
        if server.process.poll() is not None:
            pytest.fail(f"The server ended with {server.process.returncode}:\n{server.read_log()}")
        if time.monotonic() > deadline:
            server.stop()
            pytest.fail(f"The server was not healthy within {START_SECONDS} s:\n{server.read_log()}")
        time.sleep(0.05)


def is_healthy(url):
    """Whether /healthz answers 200."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
