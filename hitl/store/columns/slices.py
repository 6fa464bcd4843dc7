"""The values of one field as codes; an item's fields never change, so each item is read once."""

import json
from collections.abc import Iterable

import numpy as np
from sqlite_utils import Database

from hitl.store.columns.arrays import NO_VALUE, ItemColumns, SliceColumn

MOST_VALUES = 2_000
_TOO_MANY = -2
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
    return _filled(db, name, items, SliceColumn(codes, column.values, column.is_cut), where, {"new": new})


def items_with_value(db: Database, name: str, value: str) -> list[int]:
    """The ids of the visible items with a value; for a field with more values than a column holds."""
    expression, wanted = _expression(name)
    rows = db.execute(
        f"""
        SELECT state.item_id FROM item_state AS state JOIN items ON items.id = state.item_id
        WHERE trim({expression}) = :value ORDER BY state.item_id
        """,
        {"wanted": wanted, "value": value},
    )
    return [item_id for (item_id,) in rows]


def _filled(
    db: Database, name: str, items: ItemColumns, column: SliceColumn, where: str, values: dict[str, str]
) -> SliceColumn:
    expression, wanted = _expression(name)
    rows = db.execute(
        f"""
        SELECT state.item_id, {expression}
        FROM item_state AS state JOIN items ON items.id = state.item_id WHERE {where} ORDER BY state.item_id
        """,
        {**values, "wanted": wanted},
    )
    known = {value: code for code, value in enumerate(column.values)}
    coded = np.fromiter(_coded(rows, known), dtype=np.dtype([("item_id", "i4"), ("code", "i4")]))
    is_cut = column.is_cut or bool((coded["code"] == _TOO_MANY).any())
    column.codes[items.places_of(coded["item_id"])] = np.maximum(coded["code"], NO_VALUE)
    return SliceColumn(column.codes, tuple(known), is_cut)


def _expression(name: str) -> tuple[str, str]:
    """The SQL that gives a field's value, and what it takes for ``:wanted``."""
    is_plain = json.dumps(name, ensure_ascii=False) == f'"{name}"'
    return (_BY_PATH, f'$."{name}"') if is_plain else (_BY_KEY, name)


def _coded(rows: Iterable[tuple[int, object]], known: dict[str, int]) -> Iterable[tuple[int, int]]:
    for item_id, value in rows:
        text = "" if value is None else str(value).strip()
        code = known.get(text, _TOO_MANY) if text else NO_VALUE
        if code == _TOO_MANY and len(known) < MOST_VALUES:
            code = known[text] = len(known)
        yield item_id, code
