"""Whether an audit log is what was written: every link of its chain, every sealed event, no event beside it, its end.

What the log can't show by itself is that its end was cut off: for that it is compared with ends noted elsewhere.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from hitl.domain.language import _, ngettext
from hitl.store.audit import (
    CHAIN_ACTS,
    FIRST_HASH,
    SEALED_COLUMNS,
    Head,
    comment_digest,
    event_seal,
    row_hash,
)
from hitl.store.connection import fetch_all, fetch_value

_ROW = "row.id, row.at, row.actor_id, row.via, row.act, row.subject, row.details, row.hash_before, row.hash"
_ROWS = f"SELECT {_ROW} FROM audit_log AS row ORDER BY row.id"
_EVENT_COLUMNS = ", ".join(f"event.{name}" for name in SEALED_COLUMNS)
_ROWS_WITH_EVENTS = f"""
    SELECT {_ROW}, {_EVENT_COLUMNS}, event.comment, sealed.salt, sealed.digest FROM audit_log AS row
    LEFT JOIN events AS event
        ON row.act IN ('decide', 'cannot_tell', 'skip', 'undo') AND event.id = row.details ->> 'event'
    LEFT JOIN comment_seals AS sealed ON sealed.event_id = event.id ORDER BY row.id
    """
_WIDTH = 9
_SHOWN = 3
_BULK_EVENTS = """
    SELECT bulk_act_events.event_id FROM bulk_act_events WHERE 'bulk:' || act_id IN (
        SELECT subject FROM audit_log WHERE act = 'begin_bulk')
    UNION ALL
    SELECT events.id FROM bulk_act_events JOIN events ON events.target_id = bulk_act_events.event_id
    WHERE 'bulk:' || act_id IN (SELECT subject FROM audit_log WHERE act = 'undo_bulk')
    """


@dataclass(frozen=True)
class NotedHead:
    """The end of a log as it was noted somewhere else; ``where`` says in words where and when."""

    head: Head
    where: str


@dataclass(frozen=True)
class CheckedLog:
    """What a log came to: its rows, its end (None when it has no row), and what is wrong, a sentence each."""

    row_count: int
    head: Head | None
    findings: tuple[str, ...]


def check_log(db: Database, *, noted: Sequence[NotedHead] = ()) -> CheckedLog:
    """A log read from its first row to its last; of a broken chain the first broken link is named. Changes nothing."""
    has_events = bool(fetch_value(db, "SELECT count(*) FROM sqlite_master WHERE name = 'comment_seals'"))
    chain, seals = _Chain(noted), _Seals(db) if has_events else None
    for values in db.conn.execute(_ROWS_WITH_EVENTS if has_events else _ROWS):
        if not chain.take(values[:_WIDTH]):
            break
        if seals:
            seals.take(values)
    found = [*chain.conclude(), *(seals.conclude(is_whole=not chain.broken) if seals else [])]
    return CheckedLog(chain.row_count, chain.head, tuple(found))


class _Chain:
    """The links, one after the other; ``before`` and ``two_before`` are hashes of the rows last taken."""

    def __init__(self, noted: Sequence[NotedHead]) -> None:
        self.row_count, self.name, self.broken = 0, "", ""
        self.before, self.two_before = FIRST_HASH, FIRST_HASH
        self.left: dict[tuple[str, int], list[NotedHead]] = {}
        for one in noted:
            self.left.setdefault((one.head.chain, one.head.row_id), []).append(one)

    @property
    def head(self) -> Head | None:
        return Head(self.name, self.row_count, self.before) if self.row_count else None

    def take(self, values: tuple[Any, ...]) -> bool:
        """Whether the row follows the one before, and is the one that was noted; else ``broken`` says what is wrong."""
        row_id, act, before, digest = values[0], values[4], values[7], values[8]
        if row_id != self.row_count + 1 or before != self.before or row_hash(values[:8]) != digest:
            self.broken = self._describe(values)
            return False
        if act in CHAIN_ACTS:
            self.name = str(json.loads(values[6]).get("chain", ""))
        self.row_count, self.two_before, self.before = row_id, before, digest
        for one in self.left.pop((self.name, row_id), ()):
            if one.head.hash != digest:
                self.broken = _(
                    "row {row} is not the one that was noted {where}: the log was written anew from there or before"
                ).format(row=row_id, where=one.where)
        return not self.broken

    def conclude(self) -> list[str]:
        """What is wrong with the chain as a whole."""
        if self.broken:
            return [self.broken]
        if not self.row_count:
            return [_("the log is empty: every row of it is missing")]
        missing = [one for noted in self.left.values() for one in noted]
        strange = next((one for one in missing if one.head.chain != self.name), None)
        if strange:
            sentence = _("another log stands in its place: it is not the one that was noted {where}")
            return [sentence.format(where=strange.where)]
        newest = max(missing, key=lambda one: one.head.row_id, default=None)
        return [self._cut_off(newest)] if newest else []

    def _cut_off(self, newest: NotedHead) -> str:
        return _(
            "its end is cut off: the rows from {first} to {last} at least are missing, which were noted {where}"
        ).format(first=self.row_count + 1, last=newest.head.row_id, where=newest.where)

    def _describe(self, values: tuple[Any, ...]) -> str:
        """What is wrong at the first row that does not follow."""
        row_id, before, digest = values[0], values[7], values[8]
        first = self.row_count + 1
        if row_id != first:
            return ngettext(
                "row {first} is missing", "the rows from {first} to {last} are missing", row_id - first
            ).format(first=first, last=row_id - 1)
        if before == self.two_before and self.row_count:
            return _("row {row} was inserted: the row after it follows the one before it").format(row=self.row_count)
        if row_hash((row_id + 1, *values[1:8])) == digest:
            return _("row {row} was moved from its place: it is row {other}; rows are missing or reordered").format(
                row=row_id, other=row_id + 1
            )
        if row_hash(values[:8]) != digest:
            return _("row {row} was changed").format(row=row_id)
        return _("row {row} was changed, and its hash with it: row {next} does not follow it").format(
            row=self.row_count, next=row_id
        )


class _Seals:
    """The events that rows record: whether each is as it was sealed, and whether there are others."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.last_event = int(fetch_value(db, "SELECT coalesce(max(id), 0) FROM events"))
        self.accounted = bytearray(self.last_event + 1)
        self.findings: list[str] = []

    def take(self, values: tuple[Any, ...]) -> None:
        details = values[6]
        if '"seal"' in details:
            self._compare(values[0], details, values[_WIDTH:])
        elif '"first_event"' in details and not values[5].startswith("bulk:"):
            noted = json.loads(details)
            self._account(noted["first_event"], noted["last_event"])
        elif values[4] == "begin":
            self._account(0, json.loads(details).get("event", 0))

    def conclude(self, *, is_whole: bool) -> list[str]:
        """What was found; events beside the log are looked for only where the whole log was read."""
        if is_whole:
            for (event_id,) in self.db.conn.execute(_BULK_EVENTS):
                self.accounted[event_id] = 1
            self.findings.extend(self._beside())
        return [*self.findings[:_SHOWN], *self._more()]

    def _more(self) -> Iterator[str]:
        left = len(self.findings) - _SHOWN
        if left > 0:
            yield ngettext("{count} more like these", "{count} more like these", left).format(count=f"{left:,}")

    def _account(self, first: int, last: int) -> None:
        last = min(last, self.last_event)
        if 0 <= first <= last:
            self.accounted[first : last + 1] = b"\1" * (last - first + 1)

    def _compare(self, row_id: int, details: str, event: tuple[Any, ...]) -> None:
        *columns, comment, salt, digest = event
        event_id = columns[0]
        if event_id is None:
            sentence = _("event {event}, which row {row} records, is missing")
            self.findings.append(sentence.format(event=json.loads(details)["event"], row=row_id))
            return
        self.accounted[event_id] = 1
        seal = event_seal(columns, digest.hex() if digest else "")
        if details != f'{{"event":{event_id},"seal":"{seal}"}}':
            sentence = _("event {event} is not what row {row} recorded: it was changed")
            self.findings.append(sentence.format(event=event_id, row=row_id))
        elif not _is_comment(comment, salt, digest):
            sentence = _("the comment of event {event} is not what row {row} recorded: it was changed")
            self.findings.append(sentence.format(event=event_id, row=row_id))

    def _beside(self) -> Iterator[str]:
        rows = fetch_all(self.db, "SELECT id FROM events ORDER BY id")
        beside = [row["id"] for row in rows if not self.accounted[row["id"]]]
        if beside:
            yield ngettext(
                "{count} event is in no row of the log: event {first} was written past Tandem",
                "{count} events are in no row of the log, the first is event {first}: they were written past Tandem",
                len(beside),
            ).format(count=f"{len(beside):,}", first=beside[0])


def _is_comment(comment: str, salt: bytes | None, digest: bytes | None) -> bool:
    """Whether a comment is the sealed one; of one that was taken away nothing can be said but that it is gone."""
    if digest is None or salt is None:
        return comment == ""
    return comment_digest(salt, comment) == digest
