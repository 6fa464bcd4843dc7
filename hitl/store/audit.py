"""The audit log of a project and of the desk: who did what, each row chained to the one before by its hash.

    append            one row, in the transaction of what it records
    append_decision   the same for one event, which it seals: a changed event is found

A row's hash is the SHA-256 of its canonical JSON, in which the hash of the row before stands. What follows from that
is checked by ``hitl.store.audit_check``; what a row may hold is said in ``hitl.domain.audit``.
"""

import hashlib
import hmac
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from hitl.domain.audit import Details, check_row, current_via
from hitl.domain.clock import utc_text
from hitl.domain.people import Actor
from hitl.store.connection import fetch_value

CHAIN_ACTS = ("begin", "unpack_project")
"""Acts whose row names the chain from there on: a project unpacked twice goes on as two of them."""
FIRST_HASH = bytes(32)
SEALED_COLUMNS = (
    "id",
    "kind",
    "source",
    "actor_id",
    "group_id",
    "item_id",
    "class_id",
    "request_id",
    "target_id",
    "import_id",
    "shown_version_id",
    "shown_class_id",
    "shown_confidence",
    "blind",
    "surplus",
    "at",
)
"""The columns of an event that its seal covers; after them comes the digest of its comment."""

_EVENT = f"SELECT {', '.join(SEALED_COLUMNS)}, comment FROM events WHERE id = ?"
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_quote = json.encoder.encode_basestring_ascii


@dataclass(frozen=True)
class Head:
    """The end of a chain: its name, the number of its newest row, and that row's hash."""

    chain: str
    row_id: int
    hash: bytes

    @classmethod
    def parse(cls, text: str) -> "Head | None":
        r"""The end that ``text`` wrote; None where it says anything else.

        >>> Head.parse("c0ffee 3 0102")
        Head(chain='c0ffee', row_id=3, hash=b'\x01\x02')
        """
        try:
            chain, row_id, digest = text.split(" ")
            return cls(chain, int(row_id), bytes.fromhex(digest))
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The end in one line, to be kept elsewhere.

        >>> Head("c0ffee", 3, bytes([1, 2])).text
        'c0ffee 3 0102'
        """
        return f"{self.chain} {self.row_id} {self.hash.hex()}"


def append(
    db: Database, actor: Actor, act: str, *, subject: str = "", details: Details | None = None, now: datetime
) -> int:
    """The number of the new row; inside the transaction of what it records.

    Parameters
    ----------
    act : str
        What was done, as a code: ``promote``.
    subject : str
        What it was done to: a kind and an id, ``version:3``; empty where it is the project, or the desk, itself.
    details : mapping of str to int, str or None
        More ids and numbers; a text only under the names of ``hitl.domain.audit.TEXT_DETAILS``.

    Raises
    ------
    RuntimeError
        No transaction is open: what is recorded and the record could part.
    ValueError
        A detail could hold what a person wrote.
    """
    check_row(act, subject, details or {})
    if not db.conn.in_transaction:
        raise RuntimeError("An audit row is written in the transaction of what it records; there is none.")
    newest = db.conn.execute("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
    row_id, before = (newest[0] + 1, newest[1]) if newest else (1, FIRST_HASH)
    values = (row_id, utc_text(now), actor.id, current_via().value, act, subject, _encode(dict(details or {})), before)
    db.conn.execute("INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, row_hash(values)))
    return int(row_id)


def append_decision(db: Database, actor: Actor, act: str, *, event_id: int, now: datetime) -> int:
    """The number of the new row, about the item of an event that was written in this transaction; it seals the event.

    Writes: audit_log, and comment_seals where somebody wrote a comment.
    """
    event = db.conn.execute(_EVENT, (event_id,)).fetchone()
    *columns, comment = event
    details: Details = {"event": event_id, "seal": event_seal(columns, _sealed_comment(db, event_id, comment))}
    item_id = columns[SEALED_COLUMNS.index("item_id")]
    return append(db, actor, act, subject=f"item:{item_id}" if item_id else "", details=details, now=now)


def span_of(event_ids: Sequence[int]) -> dict[str, int]:
    """The details of a row that records many events: how many, the first and the last.

    >>> span_of([4, 5, 9])
    {'events': 3, 'first_event': 4, 'last_event': 9}
    """
    return {
        "events": len(event_ids),
        **({"first_event": event_ids[0], "last_event": event_ids[-1]} if event_ids else {}),
    }


def forget_comments(db: Database, event_ids: Collection[int]) -> None:
    """What the comments of some events were checked by is gone, so that nothing can be guessed from it.

    For the redaction of these comments, in its transaction. Writes: comment_seals.
    """
    listed = json.dumps(list(event_ids))
    db.execute(
        "UPDATE comment_seals SET salt = NULL WHERE event_id IN (SELECT value FROM json_each(?)) AND salt IS NOT NULL",
        (listed,),
    )


def read_head(db: Database) -> Head:
    """The end of the chain as it stands. Changes nothing."""
    row_id, digest = db.conn.execute("SELECT id, hash FROM audit_log ORDER BY id DESC LIMIT 1").fetchone()
    return Head(read_chain(db), row_id, digest)


def read_chain(db: Database) -> str:
    """The name of the chain that is being written."""
    sql = (
        "SELECT details ->> 'chain' FROM audit_log INDEXED BY audit_log_chains"
        " WHERE act IN ('begin', 'unpack_project') ORDER BY id DESC LIMIT 1"
    )
    return str(fetch_value(db, sql))


def row_hash(values: Sequence[Any]) -> bytes:
    """The hash of a row: its columns in their order, from ``id`` to ``hash_before``."""
    row_id, at, actor_id, via, act, subject, details, before = values
    text = (
        f'{{"act":{_quote(act)},"actor_id":{actor_id},"at":{_quote(at)},"details":{_quote(details)},'
        f'"hash_before":"{before.hex()}","id":{row_id},"subject":{_quote(subject)},"via":{_quote(via)}}}'
    )  # just what the json module writes, in a third of its time
    return hashlib.sha256(text.encode()).digest()


def event_seal(columns: Sequence[object], comment_digest: str) -> str:
    """The seal of an event: a hash of its columns and of the digest of its comment, in 43 letters."""
    text = ",".join([_written(value) for value in (*columns, comment_digest)])
    return _letters(hashlib.sha256(f"[{text}]".encode()).digest())


def comment_digest(salt: bytes, comment: str) -> bytes:
    """What a comment is checked by; without the salt nobody can find the comment by trying."""
    return hmac.digest(salt, comment.encode("utf-8", "surrogatepass"), "sha256")


def _sealed_comment(db: Database, event_id: int, comment: str) -> str:
    if not comment:
        return ""
    salt = secrets.token_bytes(16)
    digest = comment_digest(salt, comment)
    db.conn.execute("INSERT INTO comment_seals VALUES (?, ?, ?)", (event_id, salt, digest))
    return digest.hex()


def _written(value: object) -> str:
    """A value as the json module writes it; a number with a point exactly, as hexadecimal text."""
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    return _quote(value.hex() if isinstance(value, float) else str(value))


def _letters(digest: bytes) -> str:
    return urlsafe_b64encode(digest).decode().rstrip("=")
