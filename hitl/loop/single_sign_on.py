"""Sign-ins at a provider, remembered from leaving for it to coming back; each comes back once, within ten minutes."""

from datetime import datetime

from sqlite_utils import Database

from hitl.domain.clock import utc_text
from hitl.domain.errors import NotFound
from hitl.domain.language import _
from hitl.domain.single_sign_on import ATTEMPT_LASTS, SsoAttempt
from hitl.domain.tokens import hash_token
from hitl.store import sign_in_attempts as attempts
from hitl.store.connection import write_transaction

MOST_ATTEMPTS = 1_000


def keep_attempt(tandem: Database, attempt: SsoAttempt, *, now: datetime) -> None:
    """Remember an attempt until it comes back. Nobody acts yet. Writes: sign_in_attempts."""
    with write_transaction(tandem):
        attempts.forget_old_attempts(tandem, before=utc_text(now), most=MOST_ATTEMPTS - 1)
        attempts.add_attempt(
            tandem,
            state_hash=hash_token(attempt.state),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            asked=attempt.asked,
            expires_at=utc_text(now + ATTEMPT_LASTS),
        )


def take_attempt(tandem: Database, state: str, *, now: datetime) -> SsoAttempt:
    """The attempt of a state, which does not come back a second time. Nobody acts yet. Writes: sign_in_attempts.

    Raises
    ------
    NotFound
        It came back already, took too long, or was never begun.
    """
    with write_transaction(tandem):
        found = attempts.find_attempt(tandem, hash_token(state), now=utc_text(now))
        attempts.forget_attempt(tandem, hash_token(state))
    if found is None:
        raise NotFound(_("This sign-in took longer than ten minutes, or was finished before. Begin again."))
    nonce, verifier, asked = found
    return SsoAttempt(state=state, nonce=nonce, verifier=verifier, asked=asked)
