"""Hashes that make records, groups and draws repeatable."""

import hashlib
import json
import math
from collections.abc import Mapping

_HASH_BYTES = 8


def hash64(*parts: object) -> int:
    """A signed 64-bit hash of the parts, the same on every machine.

    >>> hash64("a", 1) == hash64("a", 1), hash64("a", 1) == hash64("a1")
    (True, False)
    """
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def unit_interval(*parts: object) -> float:
    """A number in [0, 1) that is fixed by the parts: a repeatable draw.

    >>> 0 <= unit_interval("seed", 7) < 1
    True
    """
    return math.ldexp((hash64(*parts) + (1 << 63)) >> 11, -53)


def input_hash(inputs: Mapping[str, object]) -> int:
    """The hash of what a model sees of an item; equal inputs, equal hash."""
    return hash64("inputs", dict(inputs))


def own_hash(external_id: str, revision: int) -> int:
    """The hash of an item that is a group of its own."""
    return hash64("item", external_id, revision)
