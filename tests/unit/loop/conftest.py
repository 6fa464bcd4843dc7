"""A small project in a temporary folder, with only the facts that matter spelled out."""

import random

import pytest

from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    """Twelve short texts in two classes, the first four labelled by the import."""
    return SmallProject(tmp_path)


@pytest.fixture
def rng():
    return random.Random(0)
