"""What every test shares: no TANDEM_ variable of the person's own shell leaks in."""

import os

import pytest

KEPT = {"TANDEM_CHROMIUM"}


def pytest_addoption(parser):
    parser.addoption("--run-chaos", action="store_true", help="also run the long tests that kill processes")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--run-chaos"):
        return
    for item in items:
        if item.get_closest_marker("chaos"):
            item.add_marker(pytest.mark.skip(reason="long: make chaos"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("TANDEM_") and name not in KEPT]:
        monkeypatch.delenv(name)
