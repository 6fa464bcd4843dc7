"""Finding among a million items in a real browser: a range brushed on the chart, words searched for, until listed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.figure import Figure, quantile
from bench.pages_million import started
from bench.tickets import build_project
from tests.chromium import find_chromium, launch_args

BRUSHES = ((0.50, 0.60), (0.55, 0.80), (0.30, 0.50), (0.62, 0.70), (0.40, 0.75), (0.20, 0.45), (0.52, 0.66))
RARE = ("invoice broken", "late card", "money parcel", "wrong order", "password address")
COMMON = ("please", "ticket", "help", "soon", "can")
MOST_BRUSH, MOST_SEARCH = 400, 600
COUNT = "[data-testid=stMain] [data-testid=stMarkdownContainer] strong"
CHART = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
DRAWN_ANEW = """([count, before]) => document.querySelector(count)?.innerText !== before
    && document.querySelector('[data-test-script-state]')?.dataset.testScriptState === 'notRunning'"""
PATIENCE = 60_000


def measure(folder: Path, items: int = 1_000_000, events: int = 50_000) -> list[Figure]:
    build_project(folder / "data", items=items, events=events).conn.close()
    with sync_playwright() as playwright, started(folder) as server:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=launch_args())
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{server.url}/explore?project=big")
        page.get_by_text(f"{items:,} items").first.wait_for(timeout=PATIENCE)
        page.wait_for_timeout(3_000)
        brushed = list(brush_often(page))
        page.get_by_role("button", name="Clear the filters").click()
        page.get_by_text(f"{items:,} items").first.wait_for(timeout=PATIENCE)
        pairs = [(search(page, rare), search(page, common)) for rare, common in zip(RARE, COMMON, strict=True)]
        browser.close()
    figures = [Figure(f"brush → list, {items:,} items, p50", "ms", quantile(brushed, 0.5), MOST_BRUSH)]
    for name, taken in zip(("two words", "a word in every item"), zip(*pairs, strict=True), strict=True):
        figures.append(Figure(f"search → list, {name}, {items:,} items, p50", "ms", quantile(taken, 0.5), MOST_SEARCH))
    return figures


def brush_often(page: Page) -> Iterator[float]:
    box = page.locator(CHART).first.bounding_box()
    assert box
    height = box["y"] + box["height"] * 0.55
    for begin, end in BRUSHES:
        page.mouse.move(box["x"] + box["width"] * begin, height)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * (begin + end) / 2, height, steps=3)
        page.mouse.move(box["x"] + box["width"] * end, height, steps=3)
        yield until_counted(page, page.mouse.up)


def search(page: Page, text: str) -> float:
    field = page.get_by_label("Contains")
    field.fill(text)
    return until_counted(page, lambda: field.press("Enter"))


def until_counted(page: Page, act: Callable[[], None]) -> float:
    """Milliseconds from an act until the count above the list is another one and the page is drawn to its end."""
    before = page.locator(COUNT).first.inner_text()
    begun = time.perf_counter()
    act()
    page.wait_for_function(DRAWN_ANEW, arg=[COUNT, before], timeout=PATIENCE)
    taken = (time.perf_counter() - begun) * 1_000
    page.wait_for_timeout(800)
    return taken
