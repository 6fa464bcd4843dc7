"""Rows of an audit log for who reads it: by person, act, subject and time, newest first, a page at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_all, fetch_value

_CHUNK_ROWS = 5_000
_LOOKED_AT = 20_000
_BEYOND = (1 << 63) - 1
"""No row has that number."""
_COLUMNS = "id, at, actor_id, via, act, subject, details"
_CONDITIONS = {
    "actor_id": "actor_id = :actor_id",
    "acts": "act IN (SELECT value FROM json_each(:acts))",
    "subject": "subject = :subject",
    "since": "at >= :since",
    "until": "at < :until",
    "about": "(subject = 'project:' || :about OR details ->> 'project' = :about)",
}


@dataclass(frozen=True)
class LogFilter:
    """Which rows of a log are wanted; what is not set leaves all in.

    Attributes
    ----------
    subject : str
        A kind and an id, ``item:12``.
    since, until : str
        UTC text; from the first on, before the second.
    about : str
        In the desk's log: the short name of the project that rows are about.
    """

    actor_id: int | None = None
    acts: tuple[str, ...] = ()
    subject: str = ""
    since: str = ""
    until: str = ""
    about: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of queries."""
        return {
            "actor_id": self.actor_id,
            "acts": json.dumps(self.acts),
            "subject": self.subject,
            "since": self.since,
            "until": self.until,
            "about": self.about,
        }

    @property
    def where(self) -> str:
        """The conditions that are set, for a query; SQLite looks for an index by those that stand there.

        >>> LogFilter(actor_id=7, until="2026").where
        'actor_id = :actor_id AND at < :until'
        """
        is_set = {name: getattr(self, name) not in (None, (), "") for name in _CONDITIONS}
        return " AND ".join(text for name, text in _CONDITIONS.items() if is_set[name]) or "TRUE"


@dataclass(frozen=True)
class LogRow:
    """One row, as it was written."""

    id: int
    at: str
    actor_id: int
    via: str
    act: str
    subject: str
    details: dict[str, Any]


def list_rows(db: Database, chosen: LogFilter, *, before: int | None = None, count: int) -> list[LogRow]:
    """The newest rows that fit, at most ``count``; with ``before`` those with smaller numbers."""
    rows = fetch_all(
        db,
        f"SELECT {_COLUMNS} FROM audit_log WHERE id < :before AND {chosen.where} ORDER BY id DESC LIMIT :count",
        {**chosen.values, "before": _BEYOND if before is None else before, "count": count},
    )
    return [LogRow(**{**row, "details": json.loads(row["details"])}) for row in rows]


def stream_rows(db: Database, chosen: LogFilter) -> Iterator[dict[str, Any]]:
    """Every row that fits, oldest first, with its hashes as hexadecimal text; a part at a time."""
    after = 0
    while rows := fetch_all(
        db,
        f"SELECT {_COLUMNS}, lower(hex(hash_before)) AS hash_before, lower(hex(hash)) AS hash FROM audit_log"
        f" WHERE id > :after AND {chosen.where} ORDER BY id LIMIT :count",
        {**chosen.values, "after": after, "count": _CHUNK_ROWS},
    ):
        yield from rows
        after = int(rows[-1]["id"])


def list_acting(db: Database, chosen: LogFilter) -> list[int]:
    """Who stands in those of the newest 20,000 rows that fit, by id; older ones are not looked at, for a page asks."""
    rows = fetch_all(
        db,
        "SELECT DISTINCT actor_id FROM (SELECT actor_id, at, act, subject, details FROM audit_log ORDER BY id DESC"
        f" LIMIT :count) WHERE {chosen.where} ORDER BY actor_id",
        {**chosen.values, "count": _LOOKED_AT},
    )
    return [row["actor_id"] for row in rows]


def name_items(db: Database, item_ids: list[int]) -> dict[int, str]:
    """What some items are called in their files, by id."""
    sql = "SELECT id, external_id FROM items WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: row["external_id"] for row in fetch_all(db, sql, (json.dumps(item_ids),))}


def name_versions(db: Database, version_ids: list[int]) -> dict[int, str]:
    """The names of some versions, by id."""
    sql = "SELECT id, name FROM versions WHERE id IN (SELECT value FROM json_each(?))"
    return {row["id"]: row["name"] for row in fetch_all(db, sql, (json.dumps(version_ids),))}


def has_read_today(db: Database, actor_id: int, item_id: int, *, at: str) -> bool:
    """Whether the log says already that a person read an item's hidden fields on that UTC day."""
    sql = (
        "SELECT EXISTS (SELECT 1 FROM audit_log INDEXED BY audit_log_readings"
        " WHERE act = 'read_hidden' AND actor_id = ? AND subject = ? AND at >= ?)"
    )
    return bool(fetch_value(db, sql, (actor_id, f"item:{item_id}", at[:10])))
