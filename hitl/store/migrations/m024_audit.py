"""Who did what, in rows that are chained by their hashes; and what seals the comments of decisions."""

import hashlib
import json
import secrets
from datetime import UTC, datetime

from sqlite_utils import Database

from hitl.store.migrations.sequence import PROJECT_MIGRATIONS

GUARDED_TABLES = ("audit_log",)


@PROJECT_MIGRATIONS()
def m024_audit(db: Database) -> None:
    """The log begins with a row that says up to which event the facts are older than it.

    ``comment_seals`` holds what a comment is checked by; its salt alone can be taken away, together with the comment.
    """
    make_audit_log(db)
    db.executescript("""
        CREATE TABLE comment_seals(
            event_id INTEGER PRIMARY KEY REFERENCES events(id),
            salt BLOB,
            digest BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER comment_seals_no_update BEFORE UPDATE ON comment_seals
        WHEN NEW.event_id <> OLD.event_id OR NEW.digest <> OLD.digest OR NEW.salt IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'comment_seals holds facts: only the salt can be taken away'); END;
        CREATE TRIGGER comment_seals_no_delete BEFORE DELETE ON comment_seals
        BEGIN SELECT RAISE(ABORT, 'comment_seals holds facts: only the salt can be taken away'); END;
        """)
    begin_audit_log(db, event=int(db.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0]))


def make_audit_log(db: Database) -> None:
    """The table and its guards: a row is never changed or removed, and each new one follows the newest."""
    db.executescript("""
        CREATE TABLE audit_log(
            id INTEGER PRIMARY KEY,
            at TEXT NOT NULL,
            actor_id INTEGER NOT NULL,
            via TEXT NOT NULL CHECK(via IN ('page', 'api', 'shell', 'worker')),
            act TEXT NOT NULL CHECK(act <> ''),
            subject TEXT NOT NULL,
            details TEXT NOT NULL CHECK(json_valid(details)),
            hash_before BLOB NOT NULL CHECK(length(hash_before) = 32),
            hash BLOB NOT NULL CHECK(length(hash) = 32)
        ) STRICT;
        CREATE INDEX audit_log_chains ON audit_log(id) WHERE act IN ('begin', 'unpack_project');
        CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log holds facts: insert a new row instead'); END;
        CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log
        BEGIN SELECT RAISE(ABORT, 'audit_log holds facts: insert a new row instead'); END;
        CREATE TRIGGER audit_log_follows BEFORE INSERT ON audit_log
        WHEN NEW.id <> (SELECT coalesce(max(id), 0) + 1 FROM audit_log)
            OR NEW.hash_before <> coalesce((SELECT hash FROM audit_log ORDER BY id DESC LIMIT 1), zeroblob(32))
        BEGIN SELECT RAISE(ABORT, 'audit_log: a row follows the newest one'); END;
        """)


def begin_audit_log(db: Database, **details: int) -> None:
    """The first row: a random name of the chain, and how far the facts are older than it."""
    before = bytes(32)
    row: dict[str, object] = {
        "id": 1,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor_id": 0,
        "via": "shell",
        "act": "begin",
        "subject": "",
        "details": _canonical({"chain": secrets.token_hex(8), **details}),
        "hash_before": before.hex(),
    }
    digest = hashlib.sha256(_canonical(row).encode()).digest()
    db.execute(
        "INSERT INTO audit_log(id, at, actor_id, via, act, subject, details, hash_before, hash)"
        " VALUES (:id, :at, :actor_id, :via, :act, :subject, :details, :before, :digest)",
        {**row, "before": before, "digest": digest},
    )


def _canonical(values: dict[str, object]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))
