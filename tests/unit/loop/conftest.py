"""A small project in a temporary folder, with only the facts that matter spelled out."""

import random

import pytest


@pytest.fixture
def small(made_small, tmp_path):
    """Twelve short texts in two classes, the first four labelled by the import."""
    return made_small.copied(tmp_path)


@pytest.fixture
def rng():
    return random.Random(0)
