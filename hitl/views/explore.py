"""All items by confidence, and a page of those that fit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import Field, Role, learned_fields
from hitl.domain.images import ImageRef
from hitl.domain.language import Words, _, later
from hitl.domain.records import LabelClass
from hitl.store.field_covers import current_covers
from hitl.store.item_counts import count_items
from hitl.store.item_selection import select_items
from hitl.store.projects import list_classes, read_project
from hitl.store.reads_explore import list_rows
from hitl.store.versions import champion_before, champion_id
from hitl.views.pictures import picture_url
from hitl.views.wording import field_text

PAGE_SIZE = 50
_EXCERPT_LENGTH = 160
_EXCERPT_FIELDS = 4

ANSWERED_NAMES = Words(
    {
        "person": later("a person"),
        "import": later("imported label"),
        "model": later("the model"),
        "nobody": later("nobody yet"),
    }
)
ORDERS = Words(
    {
        "least_sure": later("least sure first"),
        "most_sure": later("most sure first"),
        "novel": later("most unusual first"),
        "oldest": later("in order of import"),
        "newest": later("latest import first"),
    }
)


@dataclass(frozen=True)
class ItemRow:
    """One line of the list; ``image`` is the address of the thumbnail of the item's first image.

    ``similarity`` is a share in (0, 1]: how near the item is to what it is compared with, None where it is not.
    """

    item_id: int
    external_id: str
    excerpt: str
    prediction: str | None
    confidence: float | None
    label: str | None
    answered_by: str
    route: str
    image: str | None = None
    other_prediction: str | None = None
    slice_value: str = ""
    similarity: float | None = None


@dataclass(frozen=True)
class ItemPage:
    """A page of the items that fit, and how many fit in all.

    Attributes
    ----------
    has_other : bool
        Whether the rows also say what the version answers that is compared with.
    slice_field : str or None
        The field whose values the rows also show.
    nearest_ids : tuple of int or None
        All items that are listed, nearest first, where they are compared with something; else None.
    refusal : str
        Why nothing could be compared, and what to do; empty where it could.
    """

    rows: tuple[ItemRow, ...]
    total_count: int
    has_other: bool = False
    slice_field: str | None = None
    nearest_ids: tuple[int, ...] | None = None
    refusal: str = ""

    @property
    def page_count(self) -> int:
        """Pages of ``PAGE_SIZE``; at least one."""
        return max(1, -(-self.total_count // PAGE_SIZE))


def read_items(
    db: Database, chosen: ExploreFilter, *, order: str, page: int, slice_field: str | None = None, slug: str = ""
) -> ItemPage:
    """Page ``page`` (from 1) of the items that fit, in one of ``ORDERS``, with the values of one field.

    ``slug`` is for the images' addresses.
    """
    selection = select_items(db, chosen)
    item_ids = on_page(selection.ids(order), page).tolist()
    slice_field = None if slice_field in current_covers(db) else slice_field
    lines = read_rows(db, item_ids, chosen, slice_field=slice_field, slug=slug)
    return ItemPage(lines, selection.count, chosen.changed, slice_field)


def on_page(item_ids: Any, page: int) -> Any:
    """The part of a sequence of items that is on a page, from 1."""
    begin = (page - 1) * PAGE_SIZE
    return item_ids[begin : begin + PAGE_SIZE]


def read_rows(
    db: Database, item_ids: Sequence[int], chosen: ExploreFilter, *, slice_field: str | None, slug: str
) -> tuple[ItemRow, ...]:
    """The lines of items, in their order, with what the versions answer that a filter is about."""
    shown = learned_fields(uncovered(read_project(db).fields, current_covers(db)))
    rows = list_rows(db, item_ids, version_id=chosen.version_id or champion_id(db))
    others: Mapping[int, int | None] = {}
    if chosen.changed:
        other = champion_id(db) if chosen.version_id else champion_before(db)
        others = {row["item_id"]: row["predicted_id"] for row in list_rows(db, item_ids, version_id=other)}
    line = partial(_item_row, names=_class_names(db), shown=shown, slice_field=slice_field, slug=slug)
    return tuple(line(row, other=others.get(row["item_id"])) for row in rows)


def has_items(db: Database) -> bool:
    """Whether there is anything to explore."""
    return count_items(db) > 0


def read_classes(db: Database) -> tuple[LabelClass, ...]:
    """The classes that may be given as an answer, in their order."""
    return tuple(label_class for label_class in list_classes(db) if not label_class.retired)


def _class_names(db: Database) -> dict[int | None, str]:
    return {label_class.id: label_class.name for label_class in list_classes(db)}


def _item_row(
    row: Mapping[str, Any],
    *,
    names: Mapping[int | None, str],
    shown: tuple[Field, ...],
    other: int | None,
    slice_field: str | None,
    slug: str,
) -> ItemRow:
    values = json.loads(row["fields"])
    return ItemRow(
        item_id=row["item_id"],
        external_id=row["external_id"],
        excerpt=excerpt_of(values, shown),
        prediction=names.get(row["predicted_id"]),
        confidence=row["confidence"],
        label=names.get(row["label_id"]) or (_("can't tell") if row["cannot_tell"] else None),
        answered_by=answered_by(row),
        route=row["route"],
        image=_first_image(values, shown, slug),
        other_prediction=names.get(other),
        slice_value=field_text(values.get(slice_field)) if slice_field else "",
    )


def _first_image(values: Mapping[str, object], shown: tuple[Field, ...], slug: str) -> str | None:
    images = (ImageRef.parse(values.get(field.name)) for field in shown if field.role is Role.IMAGE)
    return next((picture_url(slug, image.sha256, small=True) for image in images if image), None)


def excerpt_of(values: Mapping[str, object], shown: tuple[Field, ...]) -> str:
    """How an item reads in one line: its texts, or its first fields with their names; all may be hidden from people."""
    if not shown:
        return _("hidden")
    texts = [str(values.get(field.name) or "") for field in shown if field.role is Role.TEXT]
    if any(texts):
        text = " · ".join(filter(None, texts))
    else:
        text = " · ".join(_named_value(field, values.get(field.name)) for field in shown[:_EXCERPT_FIELDS])
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT_LENGTH else f"{flat[: _EXCERPT_LENGTH - 1]}…"


def _named_value(field: Field, value: object) -> str:
    """A value with its field's name, which an image's path can do without."""
    return field_text(value) if field.role is Role.IMAGE else f"{field.name} {field_text(value)}"


def answered_by(row: Mapping[str, Any]) -> str:
    """Who gave the answer that stands, from a row of state: a key of ``ANSWERED_NAMES``."""
    if row["cannot_tell"] or (row["label_id"] is not None and row["review_count"]):
        return "person"
    if row["label_id"] is not None:
        return "import"
    return "model" if row["is_released"] else "nobody"
