"""Images as fields of items: which item shows which, and whether anybody may look at one."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlite_utils import Database

from hitl.store.connection import fetch_value
from hitl.store.field_covers import current_covers


class ItemImage(NamedTuple):
    """An image in a field of an item."""

    item_id: int
    field: str
    sha256: str
    kind: str


def add_item_images(db: Database, images: Iterable[ItemImage]) -> None:
    """Note the images of staged items."""
    db.conn.executemany("INSERT INTO item_images(item_id, field, sha256, kind) VALUES (?, ?, ?, ?)", images)


def kind_of_visible_image(db: Database, sha256: str) -> str | None:
    """How an image is kept that a visible item shows in a field that is not covered; None when none does."""
    value = fetch_value(
        db,
        "SELECT kind FROM item_images JOIN item_state USING (item_id) WHERE sha256 = ?"
        " AND field NOT IN (SELECT value FROM json_each(?)) LIMIT 1",
        (sha256, json.dumps(list(current_covers(db)))),
    )
    return None if value is None else str(value)


def named_images(db: Database) -> Iterator[tuple[str, str]]:
    """(sha256, kind) of every image that an item shows, earlier revisions and staged items included."""
    for row in db.query("SELECT DISTINCT sha256, kind FROM item_images ORDER BY sha256"):
        yield row["sha256"], row["kind"]
