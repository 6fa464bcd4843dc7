"""The real app, whose overview breaks with a text of an item in the error's words; a server of the browser tests."""

import runpy
from pathlib import Path

from hitl.views import overview

APP = Path(__file__).resolve().parents[2] / "app.py"
CANARY = "canary-9f3a the customer wrote this"


def break_down(*_args, **_named):
    """Raise as a bug would: the error quotes what it was about."""
    raise KeyError(CANARY)


if __name__ == "__main__":
    overview.read_overview = break_down
    runpy.run_path(str(APP), run_name="__main__")
