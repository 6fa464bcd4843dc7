"""From the tables to arrays: all rows in one pass, or those that changed."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.store.columns.arrays import NO_CLASS, ROUTES, AnswerColumns, Bytes, Ints, ItemColumns

Spans = Sequence[tuple[int, int]]
"""Ranges of item ids, both ends included."""

_ROUTE_CODE = "CASE state.route {} ELSE 0 END".format(
    " ".join(f"WHEN '{route.value}' THEN {code}" for code, route in enumerate(ROUTES))
)
_STATE = f"""
    SELECT state.item_id, state.group_id, coalesce(state.resolved_class_id, 0) * 65536 + {_ROUTE_CODE} * 256
        + state.cannot_tell + 2 * (state.review_count > 0) + 4 * (state.release_id IS NOT NULL)
        + 8 * (queue.group_id IS NOT NULL) + 16 * coalesce(queue.route = 'audit', 0)
        + 32 * (test_groups.group_id IS NOT NULL) + 64 * coalesce(test_groups.source = 'draw', 0)
        + 128 * coalesce(queue.route = 'second_look', 0) AS packed
    FROM item_state AS state
    LEFT JOIN queue ON queue.group_id = state.group_id
    LEFT JOIN test_groups ON test_groups.group_id = state.group_id
    """  # the second factor of each term is its Flag; one packed number a row is half the time of ten columns
_ANSWERS = """
    SELECT item_id, class_id, coalesce(confidence, -1), coalesce(accept_score, -1), coalesce(novelty, -1)
    FROM predictions WHERE version_id = ?
    """
_STATE_ROW = np.dtype([("item_id", "i4"), ("group_id", "i4"), ("packed", "i8")])
_ANSWER_ROW = np.dtype(
    [("item_id", "i4"), ("class_id", "i4"), ("confidence", "f8"), ("accept_score", "f8"), ("novelty", "f8")]
)


def load_items(db: Database) -> ItemColumns:
    """All visible items.

    One text of all numbers in a column is read in a third of the time that as many rows take.
    """
    texts = db.execute(
        f"SELECT group_concat(item_id), group_concat(group_id), group_concat(packed) FROM ({_STATE})"
    ).fetchone()
    columns = [np.fromstring(text or "", dtype=np.int64, sep=",") for text in texts]
    rows = np.zeros(len(columns[0]), dtype=_STATE_ROW)
    for name, column in zip(_STATE_ROW.names or (), columns, strict=True):
        rows[name] = column
    return _item_columns(rows if np.all(np.diff(columns[0]) > 0) else rows[np.argsort(rows["item_id"])])


def reload_items(db: Database, items: ItemColumns, *, group_ids: Sequence[int], spans: Spans) -> ItemColumns:
    """The items, with those of the given groups and ranges of ids read anew."""
    stale = np.isin(items.group_id, np.asarray(group_ids, dtype=np.int32))
    for first, last in spans:
        stale[slice(*np.searchsorted(items.item_id, [first, last + 1]))] = True
    by_group = f"{_STATE} WHERE state.group_id IN (SELECT value FROM json_each(?))"
    fresh = [np.fromiter(db.execute(by_group, (json.dumps(list(group_ids)),)), dtype=_STATE_ROW)]
    fresh += [
        np.fromiter(db.execute(f"{_STATE} WHERE state.item_id BETWEEN ? AND ?", span), dtype=_STATE_ROW)
        for span in spans
    ]
    rows = np.concatenate(fresh)
    return _patched(items, stale, _item_columns(rows[np.unique(rows["item_id"], return_index=True)[1]]))


def load_answers(db: Database, version_id: int, items: ItemColumns) -> AnswerColumns:
    """What a version answers for the given items."""
    rows = np.fromiter(db.execute(f"{_ANSWERS} ORDER BY item_id", (version_id,)), dtype=_ANSWER_ROW)
    return _placed(rows, items, _no_answers(len(items)))


def reload_answers(
    db: Database, version_id: int, answers: AnswerColumns, *, before: ItemColumns, items: ItemColumns, spans: Spans
) -> AnswerColumns:
    """A version's answers for ``items``, taken over from those for ``before``, with some ranges of ids read anew."""
    moved = answers if before.item_id is items.item_id else _moved(answers, before, items)
    if not spans:
        return moved
    emptied = AnswerColumns(*(values.copy() for values in _values(moved)))
    for first, last in spans:
        part = slice(*np.searchsorted(items.item_id, [first, last + 1]))
        for values, nothing in zip(_values(emptied), _NOTHING, strict=True):
            values[part] = nothing
    rows = np.concatenate(
        [
            np.fromiter(db.execute(f"{_ANSWERS} AND item_id BETWEEN ? AND ?", (version_id, *span)), dtype=_ANSWER_ROW)
            for span in spans
        ]
    )
    return _placed(rows, items, emptied)


def _item_columns(rows: npt.NDArray[Any]) -> ItemColumns:
    packed = rows["packed"]
    return ItemColumns(
        item_id=np.ascontiguousarray(rows["item_id"]),
        group_id=np.ascontiguousarray(rows["group_id"]),
        label_id=(packed >> 16).astype(np.int32),
        route=(packed >> 8 & 255).astype(np.uint8),
        flags=(packed & 255).astype(np.uint8),
    )


def _patched(items: ItemColumns, stale: npt.NDArray[np.bool_], fresh: ItemColumns) -> ItemColumns:
    if np.array_equal(items.item_id[stale], fresh.item_id):  # nothing came or went: ids and groups stay the same arrays
        return ItemColumns(
            items.item_id,
            items.group_id,
            _put(items.label_id, stale, fresh.label_id),
            _put(items.route, stale, fresh.route),
            _put(items.flags, stale, fresh.flags),
        )
    joined_ids = np.concatenate([items.item_id[~stale], fresh.item_id])
    order = np.argsort(joined_ids, kind="stable")
    rest = [
        np.concatenate([old[~stale], new])[order]
        for old, new in (
            (items.group_id, fresh.group_id),
            (items.label_id, fresh.label_id),
            (items.route, fresh.route),
            (items.flags, fresh.flags),
        )
    ]
    return ItemColumns(joined_ids[order], *rest)


def _put(values: Any, where: npt.NDArray[np.bool_], fresh: Ints | Bytes) -> Any:
    copied = values.copy()
    copied[where] = fresh
    return copied


_NOTHING = (NO_CLASS, np.nan, np.nan, np.nan)


def _no_answers(count: int) -> AnswerColumns:
    return AnswerColumns(np.zeros(count, dtype=np.int32), *(np.full(count, np.nan) for _ in _NOTHING[1:]))


def _values(answers: AnswerColumns) -> tuple[npt.NDArray[Any], ...]:
    return answers.class_id, answers.confidence, answers.accept_score, answers.novelty


def _placed(rows: npt.NDArray[Any], items: ItemColumns, answers: AnswerColumns) -> AnswerColumns:
    """The answers with rows of predictions written in; those of items that are not visible are left out."""
    visible = rows if np.array_equal(rows["item_id"], items.item_id) else rows[items.holds(rows["item_id"])]
    places = items.places_of(visible["item_id"])
    answers.class_id[places] = visible["class_id"]
    for name in ("confidence", "accept_score", "novelty"):
        getattr(answers, name)[places] = np.where(visible[name] < 0, np.nan, visible[name])
    return answers


def _moved(answers: AnswerColumns, before: ItemColumns, items: ItemColumns) -> AnswerColumns:
    known = before.holds(items.item_id)
    places = before.places_of(items.item_id[known])
    moved = _no_answers(len(items))
    for values, old in zip(_values(moved), _values(answers), strict=True):
        values[known] = old[places]
    return moved
