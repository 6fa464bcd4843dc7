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
    """

    event_id: Ints
    second: npt.NDArray[np.int64]
    flags: Bytes

    def has(self, flag: EventFlag) -> Booleans:
        """Whether a flag is set, for each event."""
        return np.asarray(self.flags & np.uint8(flag), dtype=np.bool_)


_ROW = np.dtype([("event_id", "i4"), ("second", "i8"), ("flags", "u1")])
_EVENTS = f"""
    SELECT id, CAST(strftime('%s', at) AS INTEGER),
        CASE WHEN kind IN {LABEL_KINDS} AND {NEWS} THEN 1 ELSE 0 END
        + CASE WHEN kind = 'class' AND {NEWS} THEN 2 ELSE 0 END
        + 4 * (source <> 'import' AND kind IN ('label', 'cannot_tell', 'adjudicate'))
        + 8 * (source <> 'import' AND kind <> 'class') + 16 * (source = 'rule')
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
    new = _columns(rows)
    return EventColumns(
        np.concatenate([events.event_id, new.event_id]),
        np.concatenate([events.second, new.second]),
        np.concatenate([events.flags, new.flags]),
    )


def _columns(rows: npt.NDArray[np.void]) -> EventColumns:
    return EventColumns(*(np.ascontiguousarray(rows[name]) for name in ("event_id", "second", "flags")))
