"""Trainings that began by themselves: what the last of them knew, so that none is repeated without news."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from hitl.store.connection import fetch_one

_TRIGGERED = "slug = ? AND kind = 'train' AND json_extract(args, '$.trigger') IS NOT NULL"


@dataclass(frozen=True)
class TriggeredBefore:
    """What trainings that began by themselves knew.

    Attributes
    ----------
    event_id : int
        Up to which event the last one knew.
    day : date or None
        The last day whose turn was taken.
    withdrawn : frozenset of int
        The withdrawn imports that the last one knew.
    version_id : int or None
        The last version after which one began because texts were encoded then.
    """

    event_id: int
    day: date | None
    withdrawn: frozenset[int] = frozenset()
    version_id: int | None = None


def last_triggered(tandem: Database, slug: str) -> TriggeredBefore:
    """What trainings that began by themselves have taken into account, whether they came to an end or not."""
    known, daily, encoded = (_latest(tandem, slug, told) for told in ("trigger", "day", "version_id"))
    return TriggeredBefore(
        event_id=int(known.get("event_id", 0)),
        day=date.fromisoformat(daily["day"]) if daily else None,
        withdrawn=frozenset(known.get("withdrawn", [])),
        version_id=encoded.get("version_id"),
    )


def _latest(tandem: Database, slug: str, told: str) -> dict[str, Any]:
    """What the latest training that began by itself and tells this was asked with; nothing where there is none."""
    row = fetch_one(
        tandem,
        f"SELECT args FROM jobs WHERE {_TRIGGERED} AND json_extract(args, '$.' || ?) IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        (slug, told),
    )
    return dict(json.loads(row["args"])) if row else {}
