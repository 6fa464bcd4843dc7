"""Every test here has a data folder of its own, and knows nothing of the settings of whoever runs it."""

import os

import pytest


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    """A folder without accounts, where the gate looks up who came."""
    for name in [name for name in os.environ if name.startswith("TANDEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TANDEM_DATA", str(tmp_path / "own"))
    return tmp_path / "own"
