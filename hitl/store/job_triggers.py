"""Trainings that began by themselves: what the last of them knew, so that none is repeated without news."""

import json
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from hitl.store.connection import fetch_one

_TRIGGERED = "slug = ? AND kind = 'train' AND json_extract(args, '$.trigger') IS NOT NULL"


@dataclass(frozen=True)
class TriggeredBefore:
    """Up to which event and withdrawals the last triggered training knew, and the last day whose turn was taken."""

    event_id: int
    day: date | None
    withdrawn: frozenset[int] = frozenset()


def last_triggered(tandem: Database, slug: str) -> TriggeredBefore:
    """What trainings that began by themselves have taken into account, whether they came to an end or not."""
    latest = fetch_one(tandem, f"SELECT args FROM jobs WHERE {_TRIGGERED} ORDER BY id DESC LIMIT 1", (slug,))
    daily = fetch_one(
        tandem,
        f"SELECT args FROM jobs WHERE {_TRIGGERED} AND json_extract(args, '$.day') IS NOT NULL"
        " ORDER BY id DESC LIMIT 1",
        (slug,),
    )
    known = json.loads(latest["args"]) if latest else {}
    return TriggeredBefore(
        event_id=int(known.get("event_id", 0)),
        day=date.fromisoformat(json.loads(daily["args"])["day"]) if daily else None,
        withdrawn=frozenset(known.get("withdrawn", [])),
    )
