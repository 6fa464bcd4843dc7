"""Tandem: people and a model do a job together."""

import importlib
import sys

__version__ = "0.1.0"

if "pandas" not in sys.modules:  # sqlite-utils would import it for one type that nobody stores, half a second a start
    sys.modules["pandas"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        importlib.import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]
