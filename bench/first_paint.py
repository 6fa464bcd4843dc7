"""From the start command to the first heading in a browser that is already open: a new data folder, and one in use."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.figure import Figure
from tests.chromium import find_chromium, launch_args
from tests.server import START_COMMANDS, Server, free_port, launch
from tests.small_project import SmallProject

WORST_SECONDS = 10
PATIENCE_SECONDS = 60
FLOOR = "import streamlit as st\nst.title('Floor')\n"
HEADING = "[data-testid=stMain] h1"


def measure(folder: Path) -> list[Figure]:
    SmallProject(folder / "used", rows=2_000, labelled=200).db.conn.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        floor = paint_floor(browser, folder)
        new = paint_tandem(browser, folder, folder / "new", samples="yes")
        used = paint_tandem(browser, folder, folder / "used", samples="no")
        browser.close()
    return [
        Figure("first paint, new data folder (samples building)", "s", new, WORST_SECONDS, floor),
        Figure("first paint, data folder in use", "s", used, WORST_SECONDS, floor),
    ]


def paint_floor(browser: Browser, folder: Path) -> float:
    """A Streamlit app of two lines."""
    script = folder / "floor.py"
    script.write_text(FLOOR)
    port = free_port()
    options = ["--server.port", str(port), "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with started(command, folder, folder / "floor", port, {}) as (server, begun):
        return wait_for_paint(browser, server, begun)


def paint_tandem(browser: Browser, folder: Path, data_dir: Path, *, samples: str) -> float:
    environ = {"TANDEM_SAMPLES": samples}
    with started(START_COMMANDS["python"], folder, data_dir, free_port(), environ) as (server, begun):
        return wait_for_paint(browser, server, begun)


@contextmanager
def started(
    command: list[str], folder: Path, data_dir: Path, port: int, environ: dict[str, str]
) -> Iterator[tuple[Server, float]]:
    begun = time.perf_counter()
    server = launch(command, environ, data_dir, port, folder, folder / f"{data_dir.name}.log")
    try:
        yield server, begun
    finally:
        server.close()


def wait_for_paint(browser: Browser, server: Server, begun: float) -> float:
    """Seconds until the main part shows a heading; the browser asks as soon as the port answers."""
    while not is_listening(server.port):
        if time.perf_counter() - begun > PATIENCE_SECONDS or server.process.poll() is not None:
            raise SystemExit(f"Nothing answers at {server.url}:\n{server.read_log()}")
        time.sleep(0.02)
    page = browser.new_page()
    page.goto(server.url)
    page.wait_for_selector(HEADING, timeout=PATIENCE_SECONDS * 1_000)
    seconds = time.perf_counter() - begun
    page.close()
    return seconds


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
