"""Which visible items fit a filter, and in which order they are listed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.domain.covers import uncovered
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.fields import slice_names
from hitl.domain.records import Route
from hitl.store.columns import ROUTES, AnswerColumns, Booleans, Columns, Flag, ItemColumns, read_columns
from hitl.store.columns.slices import items_with_value
from hitl.store.field_covers import current_covers
from hitl.store.projects import read_project
from hitl.store.versions import champion_before, champion_id


@dataclass(frozen=True, eq=False)
class Selection:
    """The items that fit.

    Attributes
    ----------
    items, answers
        All visible items, and what the version that the filter is about answers for them.
    fits : array of bool, shape (n_items,)
    """

    items: ItemColumns
    answers: AnswerColumns
    fits: Booleans

    @property
    def count(self) -> int:
        """How many items fit."""
        return int(np.count_nonzero(self.fits))

    def ids(self, order: str = "oldest") -> npt.NDArray[np.int32]:
        """The ids of the items that fit, in one of ``ORDERS``."""
        places = ORDERS[order](self)
        ids: npt.NDArray[np.int32] = self.items.item_id[places[self.fits[places]]]
        return ids


ORDERS: dict[str, Callable[[Selection], npt.NDArray[Any]]] = {
    "least_sure": lambda found: found.answers.least_sure_first,
    "most_sure": lambda found: found.answers.most_sure_first,
    "novel": lambda found: found.answers.novel_first,
    "oldest": lambda found: np.arange(len(found.items)),
    "newest": lambda found: np.arange(len(found.items))[::-1],
}


def select_items(db: Database, chosen: ExploreFilter) -> Selection:
    """The visible items that fit a filter."""
    champion = champion_id(db)
    shown = chosen.version_id or champion
    other = champion if chosen.version_id else champion_before(db)
    fields = slice_names(uncovered(read_project(db).fields, current_covers(db))) if chosen.slices else ()
    columns = read_columns(
        db,
        [shown, other] if chosen.changed else [shown],
        slice_fields=[field for field, _ in chosen.slices if field in fields],
        text=chosen.text,
    )
    answers = columns.answers_of(shown)
    fits = np.ones(len(columns.items), dtype=np.bool_)
    for condition in _conditions(columns.items, answers, chosen):
        fits &= condition
    for field, value in chosen.slices:
        fits &= _has_value(db, columns, field, value) & (field in fields)
    if chosen.changed:
        fits &= answers_differ(answers, columns.answers_of(other))
    if chosen.text:
        fits &= columns.texts[chosen.text]
    return Selection(columns.items, answers, fits)


def select_item_ids(db: Database, chosen: ExploreFilter) -> list[int]:
    """The ids of all visible items that fit a filter, in order."""
    ids: list[int] = select_items(db, chosen).ids().tolist()
    return ids


def answers_differ(answers: AnswerColumns, others: AnswerColumns) -> Booleans:
    """Whether two versions answer an item differently, for each item; False where one has not answered."""
    return answers.is_given & others.is_given & np.not_equal(answers.class_id, others.class_id)


def _has_value(db: Database, columns: Columns, field: str, value: str) -> Booleans:
    column = columns.slices.get(field)
    if column is None:
        return np.zeros(len(columns.items), dtype=np.bool_)
    if column.is_cut and value not in column.values:
        return np.isin(columns.items.item_id, items_with_value(db, field, value))
    return column.is_value(value)


def _conditions(items: ItemColumns, answers: AnswerColumns, chosen: ExploreFilter) -> Iterator[Booleans]:
    if chosen.low is not None:
        yield answers.confidence >= chosen.low
    if chosen.high is not None:
        yield answers.confidence <= chosen.high
    if chosen.class_id is not None:
        yield np.where(items.is_labelled, items.label_id, answers.class_id) == chosen.class_id
    if chosen.route is not None:
        yield items.shown_route == ROUTES.index(Route(chosen.route))
    if chosen.reviewed is not None:
        yield items.has(Flag.REVIEWED) == chosen.reviewed
    if chosen.unanswered:
        yield ~items.is_answered
    if chosen.disagrees:
        yield items.is_labelled & answers.is_given & (answers.class_id != items.label_id)
