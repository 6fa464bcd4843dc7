"""Where a Chromium for the browser tests is."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LAUNCH_ARGS = ("--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run")


def find_chromium() -> str | None:
    """Path of the browser to drive: TANDEM_CHROMIUM, the system's, or Playwright's own download; None without any."""
    named = os.environ.get("TANDEM_CHROMIUM")
    if named:
        return named
    for name in SYSTEM_NAMES:
        if path := shutil.which(name):
            return path
    return find_downloaded_chromium()


def find_downloaded_chromium() -> str | None:
    """Path of the browser that ``playwright install chromium`` put there; None when it did not."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch_args() -> list[str]:
    """Command line of the browser; root, as in a container, can't use its sandbox."""
    return [*LAUNCH_ARGS, "--no-sandbox"] if os.geteuid() == 0 else list(LAUNCH_ARGS)
