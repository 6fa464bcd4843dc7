"""Tandem that gives the head of a request a second."""

import runpy

from hitl.api import slow_heads
from tests.server import ROOT

HEAD_SECONDS = 1.0

if __name__ == "__main__":
    slow_heads.HEAD_SECONDS = HEAD_SECONDS
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
