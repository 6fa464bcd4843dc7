"""Makes sure that a Chromium is there for the browser tests: ``python tests/install_browser.py``.

Takes, in this order: TANDEM_CHROMIUM, an installed Chromium or Chrome, Playwright's own download, the system's package.
"""

import os
import shutil
import subprocess
import sys

from chromium import find_chromium

DOWNLOAD_SECONDS = 300
PACKAGE_SECONDS = 900
NO_BROWSER = """
No Chromium was found, and none could be installed. The browser tests need one. Do one of:
  - install Chromium or Chrome by your system's package manager (apt install chromium, brew install chromium)
  - .venv/bin/python -m playwright install --with-deps chromium
  - name one that is there: TANDEM_CHROMIUM=/path/to/chromium make test
All other tests run without: .venv/bin/python -m pytest -m "not browser"
"""


def main() -> int:
    """0 when a browser that starts is there, 1 (and what to do) when not."""
    for install in (None, download_by_playwright, install_package):
        if install is not None:
            install()
        path = find_chromium()
        if path and starts(path):
            print(f"Chromium for the browser tests: {path}")
            return 0
    print(NO_BROWSER, file=sys.stderr)
    return 1


def starts(path: str) -> bool:
    """Whether that browser runs at all: a download may lack the system's libraries."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def download_by_playwright() -> None:
    """Playwright's own Chromium, where its download is reachable."""
    print("No Chromium found; trying Playwright's own download …", flush=True)
    attempt([sys.executable, "-m", "playwright", "install", "chromium"], DOWNLOAD_SECONDS)


def install_package() -> None:
    """The system's package, where apt is and we may use it."""
    if shutil.which("apt-get") is None:
        return
    right = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if right and shutil.which("sudo") is None:
        return
    print("Trying the system's package (apt-get install chromium) …", flush=True)
    environment = [*right, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    attempt([*environment, "-q", "update"], PACKAGE_SECONDS)
    attempt([*environment, "-qy", "install", "--no-install-recommends", "chromium"], PACKAGE_SECONDS)


def attempt(command: list[str], seconds: int) -> None:
    """Run it; whether it helped is seen by looking for the browser again."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  {' '.join(command)}: {error}")
        return
    if done.returncode:
        print(f"  {' '.join(command)} ended with {done.returncode}: {(done.stderr or done.stdout)[-400:].strip()}")


if __name__ == "__main__":
    sys.exit(main())
