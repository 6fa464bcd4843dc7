"""Fixtures of the fault tests."""

import pytest

from tests.faults.house import House


@pytest.fixture
def house(tmp_path):
    """A data folder with a small project; workers started in it are killed at the end."""
    house = House(tmp_path / "data")
    yield house
    house.close()
