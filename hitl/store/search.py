"""Full-text search: which items hold the words that a person typed.

The index covers every stored row, like the view ``items_text`` that it is checked against; what a search gives are the
visible items among them.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.domain.language import _
from hitl.domain.search_text import searchable
from hitl.store.connection import write_transaction

MOST_WORDS = 64
"""Of a longer text the first ones are searched."""

MATCHING_ITEMS = """
    SELECT items_fts.rowid FROM items_fts JOIN item_state ON item_state.item_id = items_fts.rowid
    WHERE items_fts MATCH :search
    """
"""The visible items that fit ``:search``, an expression that ``search_expression`` made, by item id."""

_PHRASE_OR_WORD = re.compile(r'"([^"]*)"|([^\s"]+)')
_LEAST_PREFIX = 2


def search_expression(typed: str) -> str:
    """What a person typed as an expression of the index; empty when there is nothing to search for.

    Every word must stand in the item, in any order; words in double quotes stand side by side; the last word may be
    the beginning of a longer one. No sign has a meaning of its own, so nothing that is typed can be wrong.

    >>> search_expression('late "no refund" deliv')
    '"late" "no refund" "deliv"*'
    >>> search_expression('NEAR(')
    '"NEAR("*'
    """
    readable = typed.replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return " ".join(islice(_words(readable), MOST_WORDS))


def matching_item_ids(db: Database, typed: str, *, limit: int | None = None) -> list[int]:
    """The ids of the visible items that hold what a person typed, ascending; none when nothing can be searched for."""
    expression = search_expression(typed)
    if not expression:
        return []
    rows = db.conn.execute(
        f"{MATCHING_ITEMS} ORDER BY items_fts.rowid LIMIT :limit",
        {"search": expression, "limit": -1 if limit is None else limit},
    )
    return [item_id for (item_id,) in rows.fetchall()]


def stored_ids_with(db: Database, typed: str) -> npt.NDArray[np.int64]:
    """The ids of all stored items, visible or not, that hold what a person typed, in no order.

    One text of all ids is read in a fifth of the time that as many rows take.
    """
    expression = search_expression(typed)
    if not expression:
        return np.zeros(0, dtype=np.int64)
    sql = "SELECT group_concat(rowid) FROM items_fts WHERE items_fts MATCH ?"
    found = db.conn.execute(sql, (expression,)).fetchone()[0]
    return np.fromstring(found or "", dtype=np.int64, sep=",")


def index_texts(db: Database, texts: Iterable[tuple[int, str]]) -> None:
    """Add new items to the index: (item id, the text of it that ``items_text`` gives)."""
    db.conn.executemany("INSERT INTO items_fts(rowid, text) VALUES (?, ?)", texts)


def unindex_items(db: Database, item_ids: str) -> None:
    """Take items out of the index, a JSON list of their ids; they must still be there. Those not in it yet are left."""
    db.execute(
        "INSERT INTO items_fts(items_fts, rowid, text) SELECT 'delete', id, text"
        " FROM items_text WHERE id IN (SELECT value FROM json_each(?)) AND NOT EXISTS ("
        " SELECT 1 FROM indexing WHERE items_text.id > indexed_to AND items_text.id <= last_item_id)",
        (item_ids,),
    )


def rebuild_index(db: Database) -> None:
    """Fill the index anew from the items.

    Writes: items_fts, indexing.
    """
    with write_transaction(db):
        db.execute("INSERT INTO items_fts(items_fts) VALUES ('rebuild')")
        db.execute("DELETE FROM indexing")


def check_index(db: Database) -> list[str]:
    """What is wrong with the index; empty when it holds just the words of the items. Changes nothing."""
    if db.conn.execute("SELECT 1 FROM indexing").fetchone():
        return []  # it is being filled anew, and says nothing of the rest
    try:
        db.conn.execute("INSERT INTO items_fts(items_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return [_("items_fts: the search index does not hold the words of the items ({error})").format(error=error)]
    return []


def _words(readable: str) -> Iterator[str]:
    """Each phrase or word in quotes, by itself a complete expression."""
    for found in _PHRASE_OR_WORD.finditer(readable):
        is_phrase = found[1] is not None
        text = searchable(found[1] if is_phrase else found[2])
        is_last = not readable[found.end() :].strip()
        is_open = is_last and not is_phrase and sum(map(str.isalnum, text)) >= _LEAST_PREFIX
        if text.strip():
            yield f'"{text}"*' if is_open else f'"{text}"'
