"""Texts cut into words, in any script."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

LONGEST_TEXT = 20_000  # characters that are looked at: what speaks for a class is seldom further down, and costs time

_RUN = re.compile(r"\S+")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]"
)
"""Characters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


def cut_words(text: str) -> list[tuple[int, int]]:
    """Where the words of a text are, as (start, end), half open, in order and without overlap.

    Letters, digits, marks and signs of currency make words; signs that stand alone are one as well. Where a script puts
    no space between words, each character with its marks is one.

    Examples
    --------
    >>> [("Paid £5, twice :-)"[start:end]) for start, end in cut_words("Paid £5, twice :-)")]
    ['Paid', '£5', 'twice', ':-)']
    >>> cut_words("ok 返金")
    [(0, 2), (3, 4), (4, 5)]
    """
    return [span for run in _RUN.finditer(text[:LONGEST_TEXT]) for span in _words_of(run.group(), run.start())]


def is_unspaced(word: str) -> bool:
    """Whether a word is a character of a script without spaces."""
    return bool(_UNSPACED.match(word))


def _words_of(run: str, begin: int) -> Iterator[tuple[int, int]]:
    if run.isascii() and run.isalnum():
        yield begin, begin + len(run)
        return
    found = list(_parts(run))
    for start, end in found or [(0, len(run))]:
        yield begin + start, begin + end


def _parts(run: str) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for place, character in enumerate(run):
        is_mark = _is_mark(character)
        if is_mark and start is not None:
            continue
        ends = not _is_of_word(character) or is_unspaced(character) or (start is not None and is_unspaced(run[start]))
        if ends and start is not None:
            yield start, place
            start = None
        if start is None and _is_of_word(character):
            start = place
    if start is not None:
        yield start, len(run)


@lru_cache(maxsize=4_096)
def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character) == "Sc"


@lru_cache(maxsize=4_096)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc", "Me"} or character in "\u200c\u200d"
