"""What was deleted leaves no trace in the file of a database: words of the search, free room, log.

A deleted row is overwritten with noughts (``PRAGMA secure_delete``, set on every connection). Traces stay in three
places even so: in the segments of the search index until they are merged, in the slack of pages that were balanced, and
in the log until it was moved and cut off. Each is seen to here; ``docs/privacy.md`` says what that does not reach.
"""

import sqlite3
import time

from sqlite_utils import Database

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _
from hitl.store.connection import small_steps, write_transaction

_MERGED_PAGES = 500
_MOVES = 100
_WAIT_SECONDS = 0.05


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

    The database is locked meanwhile, for seconds where it is large.

    Raises
    ------
    StoreUnusable
        Somebody kept reading or writing all the while, or the disk is full; nothing was lost.
    """
    with write_transaction(db):
        pass  # says in our words when it can't be written
    try:
        db.conn.execute("VACUUM")
    except sqlite3.OperationalError as error:
        sentence = _("The database can't be written anew now ({error}). Make room on the disk, or wait a moment.")
        raise StoreUnusable(sentence.format(error=error)) from error
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
