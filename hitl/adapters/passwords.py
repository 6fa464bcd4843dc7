"""Passwords: hashed by Argon2id, checked so that a wrong name takes as long as a wrong password, and not too easy.

At most ``AT_ONCE`` are hashed or checked at a time in a process, whoever asks: the others wait, and the cores that
are left draw pages. Hashing releases the interpreter's lock. The choice of numbers: docs/decisions/0031.
"""

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from hitl.domain.errors import BadInput
from hitl.domain.language import _

AT_ONCE = 2
SHORTEST = 12
LONGEST = 512
MEMORY_KIB = 47_104
PASSES = 1
LANES = 1
_EASIEST_GUESSES_LOG10 = 8.0
_JUDGED_LENGTH = 40
_HASHER = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """What is stored of a password, with its salt and the numbers it was made with."""
    with _TURNS:
        return _HASHER.hash(_canonical(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; with no hash, False after just as long."""
    with _TURNS:
        spare = _nobodys_hash()
        try:
            _HASHER.verify(password_hash or spare, _canonical(password))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other numbers than those of today."""
    return _HASHER.check_needs_rehash(password_hash)


def check_password(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Nothing, when the password is long enough and hard to guess.

    Parameters
    ----------
    known : tuple of str
        Words that whoever guesses would try first: the person's own names.

    Raises
    ------
    BadInput
        It is too short, too long or too easy; the message says what to do.
    """
    if len(password) < SHORTEST:
        raise BadInput(
            _("The password has {length} characters; it needs {shortest}. Four words in a row are a good one.").format(
                length=len(password), shortest=SHORTEST
            )
        )
    if len(password) > LONGEST:
        raise BadInput(
            _("The password is longer than {longest} characters. Choose a shorter one.").format(longest=LONGEST)
        )
    words = [word for text in known for word in (text, *text.split()) if word]
    judged = zxcvbn(_canonical(password)[:_JUDGED_LENGTH], user_inputs=[*words, "tandem"])
    if judged["guesses_log10"] < _EASIEST_GUESSES_LOG10:
        raise BadInput(
            _(
                "The password is easy to guess: common words, your name, dates and rows of keys are tried first. "
                "Four words that have nothing to do with each other are a good one."
            )
        )


def _canonical(password: str) -> str:
    """The same characters however a keyboard puts them together."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    """A hash that no password is compared with for its own sake, made with today's numbers."""
    return _HASHER.hash("nobody's")
