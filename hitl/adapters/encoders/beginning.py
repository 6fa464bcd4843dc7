"""The part of a text that encoders read: what comes after would only dilute what it means, and cost time."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

MOST_WORDS, MOST_CHARACTERS = 256, 2_000


def beginning_of(text: str) -> str:
    """The part of a text that is read, with a question mark for half a character pair.

    >>> beginning_of("  so   far ") , len(beginning_of("word " * 1_000).split())
    ('so far', 256)
    """
    words = text[: 8 * MOST_CHARACTERS].split(None, MOST_WORDS)[:MOST_WORDS]
    return " ".join(words)[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


def encode_beginnings(
    texts: Sequence[str], encode: Callable[[list[str]], NDArray[np.float32]], *, dimension: int
) -> NDArray[np.float32]:
    """What the beginnings of texts mean, shape (n_texts, dimension); of an empty text zeros.

    Parameters
    ----------
    encode : callable (texts) -> ndarray of float32, shape (n_texts, dimension)
        Given the beginnings that say something; not called where none does.
    """
    read = [beginning_of(text) for text in texts]
    told = [place for place, text in enumerate(read) if text]
    vectors = np.zeros((len(read), dimension), dtype=np.float32)
    if told:
        vectors[told] = encode([read[place] for place in told])
    return vectors
