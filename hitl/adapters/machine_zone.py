"""The time zone that the machine is set to, by name."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

LOCALTIME = Path("/etc/localtime")
_FOLDER = "zoneinfo/"
UNKNOWN = "UTC"


def machine_zone(*, variable: str | None = None, localtime: Path = LOCALTIME) -> str:
    """The name of the machine's time zone, for example ``Europe/Berlin``; ``UTC`` where it has no name that is known.

    Parameters
    ----------
    variable : str, optional
        What the environment's TZ says; else it is asked.
    localtime : Path
        The link that names the zone on Linux and macOS.
    """
    named = (os.environ.get("TZ", "") if variable is None else variable).lstrip(":")
    for name in (named, _linked(localtime)):
        if name and _is_known(name):
            return name
    return UNKNOWN


def list_zones() -> list[str]:
    """All time zones known here, by name."""
    return sorted(available_timezones() | {UNKNOWN})


def _linked(localtime: Path) -> str:
    try:
        return str(localtime.resolve()).partition(_FOLDER)[2]
    except OSError:
        return ""


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True
