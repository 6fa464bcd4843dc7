"""A small encoder for tests: each word is thrown to one of a few places by its hash."""

import hashlib

import numpy as np

from hitl.adapters.encoders import registry
from hitl.adapters.encoders.contract import Encoder
from hitl.domain import fields

DIMENSION = 16


class WordEncoder:
    """An encoder that counts what it was asked for; ``use`` puts it in the place of the real one."""

    def __init__(self, version="1"):
        self.texts = []
        self.encoder = Encoder("words", version, "Words thrown to places", "MIT", DIMENSION, self.encode)

    def encode(self, texts):
        self.texts += texts
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[0] % DIMENSION] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def use(self, monkeypatch):
        monkeypatch.setattr(registry, "ENCODERS", (self.encoder,))
        monkeypatch.setitem(fields.EMBEDDING_SIZES, "words", DIMENSION)
        return self
