"""Where the items of each import lie among all items, so that what is about one import reads its items alone.

Item ids follow each other while one import is staged; where two were staged at once their ranges overlap, so a query
names the import as well.
"""

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_one, fetch_value

ITEMS_OF_IMPORT = """
    items.import_id = :import_id
    AND items.id >= (SELECT first_item_id FROM import_spans WHERE import_id = :import_id)
    AND items.id <= (SELECT last_item_id FROM import_spans WHERE import_id = :import_id)
    """
"""A condition on ``items`` that reads one import's range of ids; nothing fits where no item was staged."""

_NO_GROUP = 1 << 62


@dataclass(frozen=True)
class ImportSpan:
    """The range of an import's items.

    Attributes
    ----------
    first_item_id, last_item_id : int
        Both included.
    first_own_group_id : int
        Groups from this id on hold items of this import alone; beyond every group where that is not known.
    """

    import_id: int
    first_item_id: int
    last_item_id: int
    first_own_group_id: int

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of queries on the import's items."""
        return {"import_id": self.import_id, "own": self.first_own_group_id}


def extend_span(db: Database, import_id: int, *, first_item_id: int, item_count: int, first_group_id: int) -> None:
    """Note that an import holds so many more items from an id on; the groups made for them begin at an id.

    Writes: import_spans.
    """
    db.execute(
        """
        INSERT INTO import_spans(import_id, first_item_id, last_item_id, item_count, first_group_id)
        VALUES (:import_id, :first, :last, :count, :group)
        ON CONFLICT(import_id) DO UPDATE SET last_item_id = excluded.last_item_id,
            item_count = item_count + excluded.item_count
        """,
        {
            "import_id": import_id,
            "first": first_item_id,
            "last": first_item_id + item_count - 1,
            "count": item_count,
            "group": first_group_id,
        },
    )


def shorten_span(db: Database, import_id: int, *, last_item_id: int) -> None:
    """Note that the items after an id are removed; of a span that is empty nothing is left.

    Writes: import_spans.
    """
    values = {"import_id": import_id, "last": last_item_id}
    db.execute("UPDATE import_spans SET last_item_id = :last WHERE import_id = :import_id", values)
    db.execute("DELETE FROM import_spans WHERE import_id = :import_id AND first_item_id > last_item_id", values)


def half_discarded_imports(db: Database) -> list[int]:
    """Imports that were discarded and of which items are left, because the removal was cut off."""
    rows = fetch_all(
        db, "SELECT import_id FROM import_spans JOIN import_ends USING (import_id) WHERE outcome = 'discarded'"
    )
    return [row["import_id"] for row in rows]


def read_span(db: Database, import_id: int) -> ImportSpan:
    """The range of an import's items; an empty one where none was staged."""
    row = fetch_one(db, "SELECT * FROM import_spans WHERE import_id = ?", (import_id,))
    if row is None:
        return ImportSpan(import_id, 1, 0, _NO_GROUP)
    is_gapless = row["item_count"] == row["last_item_id"] - row["first_item_id"] + 1
    is_last = row["last_item_id"] == fetch_value(db, "SELECT max(id) FROM items")
    own = row["first_group_id"] if is_gapless and is_last and row["first_group_id"] else _NO_GROUP
    return ImportSpan(import_id, row["first_item_id"], row["last_item_id"], own)
