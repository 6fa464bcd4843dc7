"""A connection as every database of ours needs it: with the functions that the schema calls."""

import sqlite3
from pathlib import Path

from hitl.domain.search_text import stored_item_text

BUSY_SECONDS = 30.0
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON")


def connect(path: Path) -> sqlite3.Connection:
    """The database of that path, made empty if it is missing; the caller closes it.

    Raises
    ------
    sqlite3.OperationalError
        A folder lies there, or a folder above it is shut.
    """
    conn = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    for count in (2, 3):  # the view items_text is made with it; older databases give no covers
        conn.create_function("item_text", count, stored_item_text, deterministic=True)
    return conn


def guard(conn: sqlite3.Connection) -> None:
    """Facts are on the disk when committed, references are checked, triggers can't be walked round.

    What is deleted is overwritten with noughts.
    """
    for pragma in _PRAGMAS:
        conn.execute(f"PRAGMA {pragma}")
