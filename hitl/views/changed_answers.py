"""Items of all, not of the test alone, that two versions answer differently: a bounded window of them."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.access import require
from hitl.adapters.tables import neutralise
from hitl.domain.language import _
from hitl.domain.people import Actor, Permission
from hitl.store.projects import list_classes
from hitl.store.version_changes import end_of_window, latest_changes, read_window_of_changes
from hitl.store.versions import has_predictions
from hitl.views.comparison import Comparison

WINDOW_ITEMS = 5_000
WINDOW_ROWS = 200


@dataclass(frozen=True)
class ChangedAnswer:
    """An item with both answers; ``label`` is None where nobody has decided it."""

    external_id: str
    old_answer: str
    new_answer: str
    new_confidence: float | None
    label: str | None


@dataclass(frozen=True)
class ChangedAnswers:
    """A window of changed answers.

    Attributes
    ----------
    item_count, changed_count : int or None
        As counted by the training; None where these two were never counted.
    is_kept : bool
        Whether both versions' answers to all items are there.
    next_after : int or None
        The item after which the next window begins.
    """

    item_count: int | None
    changed_count: int | None
    is_kept: bool
    rows: tuple[ChangedAnswer, ...]
    next_after: int | None


def read_changed_answers(db: Database, *, old_id: int, new_id: int, after: int) -> ChangedAnswers:
    """The changed answers among the next items after one: so many are looked through, however many there are."""
    counted: Mapping[str, int] = latest_changes(db, old_id=old_id, new_id=new_id) or {}
    is_kept = has_predictions(db, old_id) and has_predictions(db, new_id)
    names = {label_class.id: label_class.name for label_class in list_classes(db)}
    window = (
        read_window_of_changes(
            db, old_id=old_id, new_id=new_id, after=after, item_count=WINDOW_ITEMS, limit=WINDOW_ROWS + 1
        )
        if is_kept
        else []
    )
    if len(window) > WINDOW_ROWS:
        window, further = window[:WINDOW_ROWS], window[WINDOW_ROWS - 1]["item_id"]
    else:
        further = end_of_window(db, new_id=new_id, after=after, item_count=WINDOW_ITEMS) if is_kept else None
    return ChangedAnswers(
        item_count=counted.get("items"),
        changed_count=counted.get("changed"),
        is_kept=is_kept,
        rows=tuple(_changed(row, names) for row in window),
        next_after=further,
    )


def write_flips(comparison: Comparison, kinds: Mapping[str, str], *, actor: Actor) -> bytes:
    """All test items that the two answer differently as CSV; cells that a spreadsheet would run get an apostrophe.

    Raises
    ------
    NotPermitted
        The actor may not export.
    """
    require(actor, Permission.EXPORT)
    file = io.StringIO()
    writer = csv.writer(file)
    head = [_("item"), _("what became of it"), _("label"), comparison.old.title, _("sure"), comparison.new.title]
    writer.writerow([neutralise(cell) for cell in (*head, _("sure"))])
    for one in comparison.flips:
        cells = (one.external_id, kinds[one.kind], one.label, one.old_answer, one.old_confidence, one.new_answer)
        writer.writerow([neutralise(cell) for cell in (*cells, one.new_confidence)])
    return file.getvalue().encode()


def _changed(row: Mapping[str, Any], names: Mapping[int, str]) -> ChangedAnswer:
    return ChangedAnswer(
        row["external_id"],
        names.get(row["old_class_id"], "?"),
        names.get(row["new_class_id"], "?"),
        row["new_confidence"],
        names.get(row["label_id"]) if row["label_id"] else None,
    )
