"""Imported first by whatever is started: sqlite-utils without pandas, which it would load for a type nobody stores.

That is half a second of each start; where pandas is needed it is imported as usual.
"""

import importlib
import sys

if "pandas" not in sys.modules:
    sys.modules["pandas"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        importlib.import_module("sqlite_utils")
    finally:
        del sys.modules["pandas"]
