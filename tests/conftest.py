"""What every test shares: no TANDEM_ variable of the person's own shell leaks in."""

import gc
import os
from functools import cache
from pathlib import Path
from unittest import mock

import pytest
import sqlite_utils.db

from hitl.domain import language, reader
from tests.catalogues import PSEUDO, write_catalogue, write_pseudo_language
from tests.new_databases import copied_databases

KEPT = {"TANDEM_CHROMIUM", "TANDEM_ENCODER"}
WAITING = {"browser", "faults"}
"""Folders of few tests that take long and mostly wait: they begin, so that none of them is left alone at the end."""


def pytest_addoption(parser):
    parser.addoption("--run-chaos", action="store_true", help="also run the long tests that kill processes")


def pytest_configure(config):
    os.environ["TANDEM_ENCODER"] = "no"  # it takes seconds a worker: tests that are about it say so


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Ten thousand tests are found without a look at what could be thrown away, which is nothing: a quarter less."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(config, items):
    items.sort(key=lambda item: item.path.relative_to(Path(__file__).parent).parts[0] not in WAITING)
    if config.getoption("--run-chaos"):
        return
    for item in items:
        if item.get_closest_marker("chaos"):
            item.add_marker(pytest.mark.skip(reason="long: make chaos"))


@pytest.fixture(scope="session", autouse=True)
def _schemas_are_split_once():
    """sqlite-utils looks for the ends of statements at each letter of a script; the schemas' scripts stay the same."""
    split = sqlite_utils.db._iter_complete_sql_statements
    with mock.patch("sqlite_utils.db._iter_complete_sql_statements", cache(lambda script: tuple(split(script)))):
        yield


@pytest.fixture(scope="session", autouse=True)
def _new_databases_are_copies(tmp_path_factory, _schemas_are_split_once):
    with copied_databases(tmp_path_factory.mktemp("new-databases")):
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in [name for name in os.environ if name.startswith("TANDEM_") and name not in KEPT]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_reader_of_an_earlier_test():
    yield
    reader._FOUND_BY.clear()


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A function that adds a language: its tag, and its messages with their translations."""
    monkeypatch.setattr(language, "FOLDER", tmp_path / "locale")
    language.forget_catalogues()

    def add(name, messages):
        write_catalogue(tmp_path / "locale", name, messages)
        language.forget_catalogues()

    yield add
    monkeypatch.undo()
    language.forget_catalogues()


@pytest.fixture
def pseudo_language(tmp_path, catalogue):
    """The tag of a language in which every message stands in ⟦…⟧ and is longer by a third."""
    write_pseudo_language(tmp_path / "locale")
    language.forget_catalogues()
    return PSEUDO
