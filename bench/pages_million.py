"""Every page on a project of a million items and 50,000 decisions: the CPU of drawing it again, and what is sent.

CPU is that of the script Streamlit runs, everything in memory that it keeps; bytes are what the websocket brings to a
real browser that opens the page, files aside.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from sqlite_utils import Database
from streamlit.testing.v1 import AppTest

from bench.figure import Figure, quantile
from bench.tickets import build_project
from hitl.domain.people import LOCAL_OWNER
from hitl.loop.review import decide
from hitl.store.columns import read_columns
from tests.chromium import find_chromium, launch_args
from tests.pages.conftest import open_every_part
from tests.server import START_COMMANDS, Server, free_port, launch, wait_until_healthy
from tests.small_project import START

PAGES = ("overview", "explore", "review", "import_", "train", "versions", "compare", "settings")
SHELL = Path(__file__).resolve().parents[1] / "pages" / "_shell.py"
REPEATS = 7
MOST_MILLISECONDS, MOST_KILOBYTES, MOST_COLD_SECONDS = 100, 300, 6
HEADING = "[data-testid=stMain] h1"
SETTLE_MILLISECONDS = 4_000
SCAN = "SELECT count(*), avg(confidence), sum(accept_score >= 0.9) FROM predictions"


def measure(folder: Path, items: int = 1_000_000, events: int = 50_000) -> list[Figure]:
    db = build_project(folder / "data", items=items, events=events)
    floor = milliseconds_of(lambda: db.execute(SCAN).fetchall())
    cold = milliseconds_of(lambda: read_columns(db, [2])) / 1_000
    figures = [Figure(f"columns of {items:,} items read after a start", "s", cold, MOST_COLD_SECONDS, floor / 1_000)]
    for name, taken in draw_pages(folder / "data", db):
        figures.append(Figure(f"{name}, drawn again, {items:,} items", "ms", taken, MOST_MILLISECONDS, floor))
    for name, sent in open_pages(folder):
        figures.append(Figure(f"{name}, sent when opened, {items:,} items", "kB", sent, MOST_KILOBYTES))
    return figures


def milliseconds_of(work) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1_000


def draw_pages(data_dir: Path, db: Database) -> Iterator[tuple[str, float]]:
    """The median CPU milliseconds of each page, and of Explore after each of some decisions."""
    os.environ["TANDEM_DATA"] = str(data_dir)
    logging.disable(logging.WARNING)
    app = AppTest.from_file(str(SHELL), default_timeout=120).run()
    for page in PAGES:
        if page != "overview":
            app.switch_page(f"{page}.py").run()
        app.run()
        yield page.strip("_"), quantile([milliseconds_of(app.run) for _ in range(REPEATS)], 0.5)
        assert not app.exception
    open_every_part(app).run()
    yield "settings with every part opened", quantile([milliseconds_of(app.run) for _ in range(REPEATS)], 0.5)
    app.switch_page("explore.py").run()
    taken = []
    for number in range(REPEATS):
        decide(db, actor=LOCAL_OWNER, request_id=f"r{number}", item_id=30 + number, class_id=1, now=START)
        taken.append(milliseconds_of(app.run))
    yield "explore after a decision", quantile(taken, 0.5)


def open_pages(folder: Path) -> Iterator[tuple[str, float]]:
    """The kilobytes that each page brings over the websocket, opened for the second time."""
    with sync_playwright() as playwright, started(folder) as server:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        for page in PAGES:
            path = "" if page == "overview" else page.strip("_")
            count_bytes(browser, f"{server.url}/{path}")
            yield page.strip("_"), count_bytes(browser, f"{server.url}/{path}") / 1_000
        browser.close()


def count_bytes(browser: Browser, url: str) -> int:
    received: list[int] = []
    page = browser.new_page()
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(url)
    page.wait_for_selector(HEADING, timeout=60_000)
    page.wait_for_timeout(SETTLE_MILLISECONDS)
    page.close()
    return sum(received)


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    environ = {"TANDEM_SAMPLES": "no"}
    server = launch(START_COMMANDS["python"], environ, folder / "data", free_port(), folder, folder / "server.log")
    try:
        wait_until_healthy(server)
        yield server
    finally:
        server.close()
