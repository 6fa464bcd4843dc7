"""The machine's time zone by name."""

from zoneinfo import ZoneInfo

import pytest

from hitl.adapters.machine_zone import list_zones, machine_zone


@pytest.fixture
def link(tmp_path):
    target = tmp_path / "zoneinfo" / "America" / "New_York"
    target.parent.mkdir(parents=True)
    target.touch()
    (tmp_path / "localtime").symlink_to(target)
    return tmp_path / "localtime"


def test_the_environment_goes_first(link):
    assert machine_zone(variable=":Asia/Tokyo", localtime=link) == "Asia/Tokyo"


def test_else_the_link_names_it(link):
    assert machine_zone(variable="", localtime=link) == "America/New_York"


@pytest.mark.parametrize("variable", ["EST5EDT,M3.2.0,M11.1.0", "nowhere", "../../etc/passwd"])
def test_what_is_no_name_falls_back(tmp_path, variable):
    assert machine_zone(variable=variable, localtime=tmp_path / "none") == "UTC"


def test_the_zones_are_sorted_and_usable():
    zones = list_zones()
    assert zones == sorted(zones)
    assert all(ZoneInfo(zone) for zone in ("UTC", machine_zone()) if zone in zones)
