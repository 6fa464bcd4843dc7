"""The values of one field as codes; an item's fields never change, so each item is read once."""

import json
from collections.abc import Iterable

import numpy as np
from sqlite_utils import Database

from hitl.store.columns.arrays import NO_VALUE, ItemColumns, SliceColumn

_BY_PATH = "json_extract(items.fields, :wanted)"
_BY_KEY = "(SELECT value FROM json_each(items.fields) WHERE key = :wanted)"
"""Slower, but for every name: a path can't hold quotes, backslashes or line breaks."""


def load_slice(db: Database, name: str, items: ItemColumns) -> SliceColumn:
    """The values of a field for the given items."""
    codes = np.full(len(items), NO_VALUE, dtype=np.int32)
    return _filled(db, name, items, SliceColumn(codes, ()), "1", {})


def reload_slice(
    db: Database, name: str, column: SliceColumn, *, before: ItemColumns, items: ItemColumns
) -> SliceColumn:
    """The values of a field for ``items``, taken over from those for ``before``; only new items are read."""
    if before.item_id is items.item_id:
        return column
    known = before.holds(items.item_id)
    codes = np.full(len(items), NO_VALUE, dtype=np.int32)
    codes[known] = column.codes[before.places_of(items.item_id[known])]
    new = json.dumps(items.item_id[~known].tolist())
    where = "state.item_id IN (SELECT value FROM json_each(:new))"
    return _filled(db, name, items, SliceColumn(codes, column.values), where, {"new": new})


def _filled(
    db: Database, name: str, items: ItemColumns, column: SliceColumn, where: str, values: dict[str, str]
) -> SliceColumn:
    is_plain = json.dumps(name, ensure_ascii=False) == f'"{name}"'
    rows = db.execute(
        f"""
        SELECT state.item_id, {_BY_PATH if is_plain else _BY_KEY}
        FROM item_state AS state JOIN items ON items.id = state.item_id WHERE {where} ORDER BY state.item_id
        """,
        {**values, "wanted": f'$."{name}"' if is_plain else name},
    )
    known = {value: code for code, value in enumerate(column.values)}
    coded = np.fromiter(_coded(rows, known), dtype=np.dtype([("item_id", "i4"), ("code", "i4")]))
    column.codes[items.places_of(coded["item_id"])] = coded["code"]
    return SliceColumn(column.codes, tuple(known))


def _coded(rows: Iterable[tuple[int, object]], known: dict[str, int]) -> Iterable[tuple[int, int]]:
    for item_id, value in rows:
        text = "" if value is None else str(value).strip()
        yield item_id, known.setdefault(text, len(known)) if text else NO_VALUE
