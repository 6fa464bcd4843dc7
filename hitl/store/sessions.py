"""Sessions of people who signed in, in tandem.db: the hash of a token, never the token."""

from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from hitl.domain.accounts import LONGEST_AGENT, SESSION_LONGEST, Session, SessionEnd, SignInHow
from hitl.domain.clock import utc_text
from hitl.domain.tokens import hash_token, make_token
from hitl.store.connection import fetch_all, fetch_one, fetch_value

KEPT_AFTER_END = timedelta(days=90)
_OPEN = """
    SELECT sessions.id, sessions.person_id, how, agent, sessions.created_at, seen_at, ends_at,
        people.language, people.time_zone
    FROM sessions JOIN people ON people.id = sessions.person_id
    WHERE ended_at IS NULL AND ends_at > :now AND seen_at > :idle_since AND people.deactivated_at IS NULL
    """


def begin_session(
    tandem: Database, *, person_id: int, how: SignInHow, agent: str, previous_token: str | None, now: datetime
) -> str:
    """The token of a new session; the session of the token before is over, and old ones are forgotten.

    Writes: sessions.
    """
    token, at = make_token(), utc_text(now)
    if previous_token:
        end_session_of_token(tandem, hash_token(previous_token), why=SessionEnd.REPLACED, at=at)
    forgotten = utc_text(now - KEPT_AFTER_END)
    tandem.execute("DELETE FROM sessions WHERE min(ends_at, coalesce(ended_at, ends_at)) < ?", (forgotten,))
    tandem.execute(
        "INSERT INTO sessions(token_hash, person_id, how, agent, created_at, seen_at, ends_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (hash_token(token), person_id, how.value, agent[:LONGEST_AGENT], at, at, utc_text(now + SESSION_LONGEST)),
    )
    return token


def find_open_session(tandem: Database, token_hash: str, *, now: str, idle_since: str) -> Session | None:
    """The session of a token that still stands, of somebody whose account is open; or None."""
    row = fetch_one(
        tandem, f"{_OPEN} AND token_hash = :hash", {"hash": token_hash, "now": now, "idle_since": idle_since}
    )
    return _session(row) if row else None


def list_open_sessions(tandem: Database, person_id: int, *, now: str, idle_since: str) -> list[Session]:
    """A person's sessions that still stand, the newest first."""
    rows = fetch_all(
        tandem,
        f"{_OPEN} AND person_id = :person_id ORDER BY sessions.id DESC",
        {"person_id": person_id, "now": now, "idle_since": idle_since},
    )
    return [_session(row) for row in rows]


def find_owner_of_session(tandem: Database, session_id: int) -> int | None:
    """Whose session that is, ended or not; None where there is none."""
    row = fetch_one(tandem, "SELECT person_id FROM sessions WHERE id = ?", (session_id,))
    return int(row["person_id"]) if row else None


def touch_session(tandem: Database, session_id: int, *, at: str) -> None:
    """The session was used at that moment. Writes: sessions."""
    tandem.execute("UPDATE sessions SET seen_at = max(seen_at, ?) WHERE id = ?", (at, session_id))


def end_session(tandem: Database, session_id: int, *, why: SessionEnd, at: str) -> None:
    """That session is over. Writes: sessions."""
    tandem.execute(
        "UPDATE sessions SET ended_at = ?, ended_why = ? WHERE id = ? AND ended_at IS NULL", (at, why.value, session_id)
    )


def end_session_of_token(tandem: Database, token_hash: str, *, why: SessionEnd, at: str) -> int | None:
    """Whose session of that token is over now, or None where there was none. Writes: sessions."""
    found = fetch_value(
        tandem,
        "UPDATE sessions SET ended_at = ?, ended_why = ? WHERE token_hash = ? AND ended_at IS NULL RETURNING person_id",
        (at, why.value, token_hash),
    )
    return None if found is None else int(found)


def end_sessions_of(tandem: Database, person_id: int, *, but: int | None = None, why: SessionEnd, at: str) -> None:
    """All sessions of a person are over, but one if named. Writes: sessions."""
    tandem.execute(
        "UPDATE sessions SET ended_at = ?, ended_why = ? WHERE person_id = ? AND ended_at IS NULL AND id IS NOT ?",
        (at, why.value, person_id, but),
    )


def forget_sessions_of(tandem: Database, person_id: int) -> None:
    """All that is known of a person's sessions is gone. Writes: sessions."""
    tandem.execute("DELETE FROM sessions WHERE person_id = ?", (person_id,))


def list_all_sessions(tandem: Database, person_id: int) -> list[dict[str, Any]]:
    """All that is stored of a person's sessions, without their tokens' hashes; the newest first."""
    return fetch_all(
        tandem,
        "SELECT id, how, agent, created_at, seen_at, ends_at, ended_at, ended_why FROM sessions"
        " WHERE person_id = ? ORDER BY id DESC",
        (person_id,),
    )


def last_seen(tandem: Database) -> dict[int, str]:
    """When each person who signed in was last here, by id."""
    rows = fetch_all(tandem, "SELECT person_id, max(seen_at) AS seen_at FROM sessions GROUP BY person_id")
    return {row["person_id"]: row["seen_at"] for row in rows}


def _session(row: dict[str, Any]) -> Session:
    return Session(**{**row, "how": SignInHow(row["how"])})
