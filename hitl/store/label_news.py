"""How many labels differ from those that a training knew: counted over the arrays in memory, however much was said."""

from collections.abc import Collection

import numpy as np
from sqlite_utils import Database

from hitl.store.columns import NO_CLASS, Booleans, Columns, EventColumns, EventFlag, Ints, read_columns, read_events
from hitl.store.connection import fetch_all, fetch_value
from hitl.store.events import resolved_groups_at
from hitl.store.withdrawals import groups_with_items_of

Imports = Collection[int]


def count_changed_labels(db: Database, watermark: int, *, withdrawn: Imports) -> int:
    """Groups whose label is another now than it was at a watermark, or new, or gone.

    What was taken back, or said again, makes no difference. Groups kept for testing are left out, for nothing is
    learned from them; those of which no item can be seen count only where an import was withdrawn since.

    Parameters
    ----------
    withdrawn
        The imports that were withdrawn then.
    """
    columns, events = read_columns(db), read_events(db)
    gone = {row["import_id"] for row in fetch_all(db, "SELECT import_id FROM import_withdrawals")} - set(withdrawn)
    key = ("changed labels", watermark, frozenset(withdrawn), frozenset(gone), len(events.event_id))
    return columns.once(key, lambda: _count(db, columns, events, watermark, withdrawn=withdrawn, gone=gone))


def count_changed_classes(db: Database, watermark: int) -> int:
    """Classes that were added or revised after a watermark, each once."""
    sql = "SELECT count(DISTINCT class_id) FROM class_revisions WHERE event_id > ?"
    return int(fetch_value(db, sql, (watermark,)))


def _count(
    db: Database, columns: Columns, events: EventColumns, watermark: int, *, withdrawn: Imports, gone: Imports
) -> int:
    is_later = events.event_id > watermark
    touched = _groups_of(events, is_later & events.has(EventFlag.NEWS_OF_LABEL))
    label, is_seen = _labels_now(columns, events.group_end)
    touched &= is_seen
    taken = _groups_taken_away(db, events, ~is_later, is_seen=is_seen, gone=gone)
    which = ~is_later & ~_came_with(events, withdrawn) & (touched | taken)[events.group_id]
    before = _labels_then(db, events, which, watermark=watermark, withdrawn=withdrawn)
    return int(np.count_nonzero((label != before) & (touched | taken)))


def _groups_taken_away(
    db: Database, events: EventColumns, which: Booleans, *, is_seen: Booleans, gone: Imports
) -> Booleans:
    """Whether a group lost a label with withdrawn imports: one that came with them, or a person's on what they held."""
    said = which & events.has(EventFlag.NEWS_OF_LABEL)
    taken = _groups_of(events, said & _came_with(events, gone))
    if gone:
        unseen = _groups_of(events, said & events.has(EventFlag.BY_PERSON)) & ~is_seen
        taken[groups_with_items_of(db, np.flatnonzero(unseen).tolist(), gone)] = True
    return taken


def _groups_of(events: EventColumns, which: Booleans) -> Booleans:
    """Whether some events are about a group, for each group id."""
    touched = np.zeros(events.group_end, dtype=np.bool_)
    touched[events.group_id[which]] = True
    return touched


def _came_with(events: EventColumns, imports: Imports) -> Booleans:
    if not imports:
        return np.zeros(len(events.event_id), dtype=np.bool_)
    return np.isin(events.import_id, sorted(imports))


def _labels_now(columns: Columns, group_end: int) -> tuple[Ints, Booleans]:
    """The class of each group id, and whether any item of it can be seen."""
    label, is_seen = np.zeros(group_end, dtype=np.int32), np.zeros(group_end, dtype=np.bool_)
    is_known = columns.items.group_id < group_end
    groups = columns.items.group_id[is_known]
    label[groups], is_seen[groups] = columns.items.label_id[is_known], True
    return label, is_seen


def _labels_then(db: Database, events: EventColumns, which: Booleans, *, watermark: int, withdrawn: Imports) -> Ints:
    """The class of each group id by some events: read off where little was said, else worked out event by event.

    Imported labels that agree and no person, or one answer of a person, leave nothing to work out.
    """
    by_person = which & events.has(EventFlag.BY_PERSON)
    answers = by_person & events.has(EventFlag.NEWS_OF_LABEL) & events.has(EventFlag.DECISION)
    person_count = np.bincount(events.group_id[by_person], minlength=events.group_end)
    answer_count = np.bincount(events.group_id[answers], minlength=events.group_end)
    label = np.full(events.group_end, NO_CLASS, dtype=np.int32)
    imported = which & ~by_person
    label[events.group_id[imported]] = events.class_id[imported]
    is_mixed = _groups_of(events, imported & (label[events.group_id] != events.class_id))
    label[events.group_id[answers]] = events.class_id[answers]
    is_hard = ((person_count > 0) | is_mixed) & ~((person_count == 1) & (answer_count == 1))
    hard = np.flatnonzero(is_hard).tolist()
    found = resolved_groups_at(db, hard, watermark, withdrawn=withdrawn)
    label[hard] = [found[group_id].class_id or NO_CLASS if group_id in found else NO_CLASS for group_id in hard]
    return label
