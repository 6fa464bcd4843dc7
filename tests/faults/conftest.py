"""Fixtures of the fault tests."""

import pytest

from tests.faults.house import House


@pytest.fixture
def house(tmp_path):
    """A data folder with a small project; workers started in it are killed at the end."""
    house = House(tmp_path / "data")
    yield house
    house.close()


@pytest.fixture
def large_house(tmp_path):
    """A house of 660 items, which a bulk act changes in many steps."""
    house = House(tmp_path, rows=660)
    yield house
    house.close()
