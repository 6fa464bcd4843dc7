"""Every example in a docstring of the package runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import hitl

MODULES = [
    module.name for module in pkgutil.walk_packages(hitl.__path__, "hitl.") if not module.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0


def test_there_are_examples():
    counts = [doctest.testmod(importlib.import_module(name)).attempted for name in MODULES if ".domain." in name]
    assert sum(counts) >= 5
