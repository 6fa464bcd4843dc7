"""What was deleted leaves no trace in the file of a database: words of the search, free room, log.

A deleted row is overwritten with noughts (``PRAGMA secure_delete``, set on every connection). Traces stay in three
places even so: in the segments of the search index until they are merged, in the slack of pages that were balanced, and
in the log until it was moved and cut off. Each is seen to here; ``docs/privacy.md`` says what that does not reach.
"""

import math
import os
import shutil
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _
from hitl.store.connection import fetch_value, small_steps, write_transaction

_MERGED_PAGES = 500
_MOVES = 100
_WAIT_SECONDS = 0.05
_FRAME_BYTES = 24
"""What the log writes before each page."""


def merge_search_index(db: Database) -> None:
    """The search index as one segment, in small steps: words that were taken out of it are in no segment any more.

    Writes: items_fts.
    """
    with small_steps(db) as tidy:
        pages = -_MERGED_PAGES  # the first step marks all segments to be merged
        while _merge(db, pages):
            pages = _MERGED_PAGES
            tidy()


def write_anew(db: Database) -> None:
    """The file holds what the tables hold and nothing else, and the log beside it is empty.

    The database is locked meanwhile, for seconds where it is large. SQLite writes it twice: to a file for the time
    being, and from there to the log, which is moved into the database at the end.

    Raises
    ------
    StoreUnusable
        Somebody kept reading or writing all the while, or the disk is full or too full for it; nothing was lost.
    """
    with write_transaction(db):
        pass  # says in our words when it can't be written
    _require_room(db)
    try:
        db.conn.execute("VACUUM")
    except sqlite3.OperationalError as error:
        with suppress(sqlite3.OperationalError):
            db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()  # gives back what it had taken of the disk
        sentence = _("The database can't be written anew now ({error}). Make room on the disk, or wait a moment.")
        raise StoreUnusable(sentence.format(error=error)) from error
    _cut_off_log(db)


def room_needed(db: Database) -> int:
    """How many bytes each of the two copies takes that are made while a database is written anew."""
    pages = fetch_value(db, "PRAGMA page_count") - fetch_value(db, "PRAGMA freelist_count")
    return int(pages * (fetch_value(db, "PRAGMA page_size") + _FRAME_BYTES))


def _require_room(db: Database) -> None:
    """Begun without room, it would fill the disk for everybody before it failed."""
    needed, here, passing = room_needed(db), _folder_of(db), _passing_folder()
    if here.stat().st_dev == passing.stat().st_dev:
        _require_free(here, 2 * needed, _("Make room on the disk of the data folder."))
        return
    _require_free(here, needed, _("Make room on the disk of the data folder."))
    _require_free(passing, needed, _("Make room where passing files are kept, or set SQLITE_TMPDIR to another folder."))


def _require_free(folder: Path, wanted: int, remedy: str) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        sentence = _("The database can't be written anew: that takes {wanted} MB, and {free} MB are free.")
        numbers = {"wanted": f"{math.ceil(wanted / 1e6):,}", "free": f"{math.floor(free / 1e6):,}"}
        raise StoreUnusable(f"{sentence.format(**numbers)} {remedy}")


def _folder_of(db: Database) -> Path:
    return Path(str(db.conn.execute("PRAGMA database_list").fetchone()[2])).parent


def _passing_folder() -> Path:
    """Where SQLite makes files for the time being: the first of these that it may write to."""
    named = [os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp"]  # noqa: S108
    found = (Path(one) for one in named if one and Path(one).is_dir() and os.access(one, os.W_OK | os.X_OK))
    return next(found, Path())


def _cut_off_log(db: Database) -> None:
    for _unused in range(_MOVES):
        busy, _logged, _moved = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        time.sleep(_WAIT_SECONDS)
    raise StoreUnusable(
        _("The log of the database can't be cut off while somebody reads. It is tried again by itself.")
    )


def _merge(db: Database, pages: int) -> bool:
    """Whether there was something to merge; SQLite says so by the rows that it wrote."""
    before = db.conn.total_changes
    with write_transaction(db):
        db.execute("INSERT INTO items_fts(items_fts, rank) VALUES ('merge', ?)", (pages,))
    return db.conn.total_changes - before > 1
