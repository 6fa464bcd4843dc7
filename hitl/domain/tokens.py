"""Secrets that are handed out once: random, and stored as their hash alone."""

import hashlib
import secrets

_TOKEN_BYTES = 32
_PERSON_BITS = 48


def make_token() -> str:
    """A new secret of 256 random bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of a secret. It is random, so that one pass of SHA-256 is enough.

    >>> hash_token("a")[:12]
    'ca978112ca1b'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make_person_id() -> int:
    """A new person's id of 48 bits: random, so that a project taken elsewhere never meets another person's number."""
    return secrets.randbits(_PERSON_BITS) | (1 << (_PERSON_BITS - 1))
