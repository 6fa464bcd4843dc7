"""The items that mean most nearly what a sentence or another item says, as a page of the list on Explore."""

from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.nearest import nearest_to_item, nearest_to_sentence
from hitl.store.field_covers import current_covers
from hitl.views.explore import ItemPage, on_page, read_rows
from hitl.views.explore_address import Likeness


def read_similar(
    db: Database,
    folder: Path,
    chosen: ExploreFilter,
    like: Likeness,
    *,
    page: int,
    slice_field: str | None = None,
    slug: str = "",
) -> ItemPage:
    """Page ``page`` (from 1) of the items that fit and are nearest, nearest first.

    Raises
    ------
    BadInput, NotFound, NotReady
        As ``hitl.loop.nearest.nearest_to_item`` and ``nearest_to_sentence``.
    """
    nearest_to = nearest_to_item if like.is_item else nearest_to_sentence
    found = nearest_to(db, folder, like.text, chosen=chosen)
    item_ids = tuple(found.similarities)
    slice_field = None if slice_field in current_covers(db) else slice_field
    rows = read_rows(db, on_page(item_ids, page), chosen, slice_field=slice_field, slug=slug)
    lines = tuple(replace(row, similarity=found.similarities[row.item_id]) for row in rows)
    return ItemPage(lines, len(item_ids), chosen.changed, slice_field, item_ids)
