"""All visible items of a project as arrays in memory, kept in step with the database.

``read_columns(db)`` gives what every page counts and filters by; SQLite is asked only for what changed since, and for
the few items that are shown. Nothing is stored: the arrays are read from the tables and go with the process.
"""

from hitl.store.columns.arrays import (
    NO_CLASS,
    NO_VALUE,
    ROUTES,
    AnswerColumns,
    Booleans,
    Flag,
    Ints,
    ItemColumns,
    SliceColumn,
)
from hitl.store.columns.cache import Columns, read_columns, read_events
from hitl.store.columns.events import EventColumns, EventFlag

__all__ = [
    "NO_CLASS",
    "NO_VALUE",
    "ROUTES",
    "AnswerColumns",
    "Booleans",
    "Columns",
    "EventColumns",
    "EventFlag",
    "Flag",
    "Ints",
    "ItemColumns",
    "SliceColumn",
    "read_columns",
    "read_events",
]
