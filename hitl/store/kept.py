"""The database of people, kept open by each thread that asks it at every request: opening costs more than asking."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlite_utils import Database

from hitl.store.connection import open_tandem

_Answer = TypeVar("_Answer")


class _Kept(threading.local):
    """What this thread has open; closed with the thread."""

    mark: tuple[str, int, int] | None = None
    db: Database | None = None


_KEPT = _Kept()


def ask_tandem(data_dir: Path, ask: Callable[[Database], _Answer]) -> _Answer:
    """What the function answers, given the database of people; it is opened anew where another file took its place.

    Raises
    ------
    StoreUnusable
        It can't be opened.
    """
    if _KEPT.db is not None and _KEPT.mark == _mark_of(data_dir):
        try:
            return ask(_KEPT.db)
        except sqlite3.Error:
            pass  # broken meanwhile: opening it says how
    close_kept()
    _KEPT.db = open_tandem(data_dir)
    _KEPT.mark = _mark_of(data_dir)
    return ask(_KEPT.db)


def close_kept() -> None:
    """Close what this thread has open."""
    if _KEPT.db is not None:
        _KEPT.db.conn.close()
    _KEPT.db = _KEPT.mark = None


def _mark_of(data_dir: Path) -> tuple[str, int, int] | None:
    """What tells one file from another that has its name."""
    path = data_dir / "tandem.db"
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_dev, found.st_ino
