"""Sign-ins under way at a provider, in tandem.db: the hash of a state, never the state."""

from sqlite_utils import Database

from hitl.store.connection import fetch_one


def add_attempt(tandem: Database, *, state_hash: str, nonce: str, verifier: str, asked: str, expires_at: str) -> None:
    """Remember an attempt. Writes: sign_in_attempts."""
    tandem.execute(
        "INSERT INTO sign_in_attempts(state_hash, nonce, verifier, next, expires_at) VALUES (?, ?, ?, ?, ?)",
        (state_hash, nonce, verifier, asked, expires_at),
    )


def find_attempt(tandem: Database, state_hash: str, *, now: str) -> tuple[str, str, str] | None:
    """Nonce, verifier and where to go of an attempt that has not expired, or None."""
    row = fetch_one(
        tandem,
        "SELECT nonce, verifier, next FROM sign_in_attempts WHERE state_hash = ? AND expires_at > ?",
        (state_hash, now),
    )
    return (row["nonce"], row["verifier"], row["next"]) if row else None


def forget_attempt(tandem: Database, state_hash: str) -> None:
    """That attempt is over. Writes: sign_in_attempts."""
    tandem.execute("DELETE FROM sign_in_attempts WHERE state_hash = ?", (state_hash,))


def forget_old_attempts(tandem: Database, *, before: str, most: int) -> None:
    """Attempts that expired are gone, and the oldest beyond so many. Writes: sign_in_attempts."""
    tandem.execute("DELETE FROM sign_in_attempts WHERE expires_at <= ?", (before,))
    tandem.execute(
        "DELETE FROM sign_in_attempts WHERE state_hash NOT IN"
        " (SELECT state_hash FROM sign_in_attempts ORDER BY expires_at DESC LIMIT ?)",
        (most,),
    )
