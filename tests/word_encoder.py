"""A small encoder for tests: each word is thrown to one of a few places by its hash."""

import hashlib

import numpy as np

from hitl.adapters.encoders import registry
from hitl.adapters.encoders.contract import Encoder
from hitl.domain import fields

DIMENSION = 16


class WordEncoder:
    """An encoder that counts what it was asked for; ``use`` puts it in the place of the real one."""

    def __init__(self, version="1", *, name="words", lacking=""):
        self.texts = []
        self.encoder = Encoder(
            name,
            version,
            "Words thrown to places",
            "MIT",
            DIMENSION,
            about="For tests.",
            encode=self.encode,
            lacking=lambda: lacking,
        )

    def encode(self, texts):
        self.texts += texts
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[0] % DIMENSION] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def use(self, monkeypatch, *others):
        """Put this one in the place of the usual encoder, and the others beside it."""
        monkeypatch.setattr(registry, "ENCODERS", tuple(one.encoder for one in (self, *others)))
        for one in (self, *others):
            monkeypatch.setitem(fields.EMBEDDING_SIZES, one.encoder.name, DIMENSION)
        return self
