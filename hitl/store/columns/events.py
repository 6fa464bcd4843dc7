"""The label sequence as arrays: when, about which group, and what kind of news. Events are only ever added."""

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt
from sqlite_utils import Database

from hitl.store.columns.arrays import Booleans, Bytes, Ints
from hitl.store.news import LABEL_KINDS, NEWS


class EventFlag(IntFlag):
    """What an event is."""

    NEWS_OF_LABEL = 1
    NEWS_OF_CLASS = 2
    DECISION = 4
    BY_PERSON = 8
    BY_RULE = 16


@dataclass(frozen=True, eq=False)
class EventColumns:
    """All events in order.

    Attributes
    ----------
    event_id : array of int32, shape (n_events,)
    second : array of int64, shape (n_events,)
        When, in seconds since 1970 UTC, fractions cut off.
    flags : array of uint8, shape (n_events,)
        Bits of ``EventFlag``.
    group_id, class_id, import_id : array of int32, shape (n_events,)
        What an event is about and what it came with; 0 for none.
    """

    event_id: Ints
    second: npt.NDArray[np.int64]
    flags: Bytes
    group_id: Ints
    class_id: Ints
    import_id: Ints

    @property
    def group_end(self) -> int:
        """One more than the largest group id."""
        return int(self.group_id.max(initial=0)) + 1

    def has(self, flag: EventFlag) -> Booleans:
        """Whether a flag is set, for each event."""
        return np.asarray(self.flags & np.uint8(flag), dtype=np.bool_)


_ROW = np.dtype(
    [("event_id", "i4"), ("second", "i8"), ("flags", "u1"), ("group_id", "i4"), ("class_id", "i4"), ("import_id", "i4")]
)
_EVENTS = f"""
    SELECT id, CAST(strftime('%s', at) AS INTEGER),
        CASE WHEN kind IN {LABEL_KINDS} AND {NEWS} THEN 1 ELSE 0 END
        + CASE WHEN kind = 'class' AND {NEWS} THEN 2 ELSE 0 END
        + 4 * (source <> 'import' AND kind IN ('label', 'cannot_tell', 'adjudicate'))
        + 8 * (source <> 'import' AND kind <> 'class') + 16 * (source = 'rule'),
        coalesce(group_id, 0), coalesce(class_id, 0), coalesce(import_id, 0)
    FROM events WHERE id > ? ORDER BY id
    """  # the factors are the EventFlags


def load_events(db: Database) -> EventColumns:
    """All events."""
    return _columns(np.fromiter(db.execute(_EVENTS, (0,)), dtype=_ROW))


def extend_events(db: Database, events: EventColumns) -> EventColumns:
    """The events, with those that came after them."""
    last = int(events.event_id[-1]) if len(events.event_id) else 0
    rows = np.fromiter(db.execute(_EVENTS, (last,)), dtype=_ROW)
    if not len(rows):
        return events
    return _columns(rows, before=events)


def _columns(rows: npt.NDArray[np.void], *, before: EventColumns | None = None) -> EventColumns:
    """Rows as arrays, after those that came before them."""
    if before is None:
        return EventColumns(*(np.ascontiguousarray(rows[name]) for name in _ROW.names or ()))
    return EventColumns(*(np.concatenate([getattr(before, name), rows[name]]) for name in _ROW.names or ()))
