"""Hashes that make records, groups and draws repeatable."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring

from hitl.domain.images import model_input

_HASH_BYTES = 8


def hash64(*parts: object) -> int:
    """A signed 64-bit hash of the parts, the same on every machine.

    >>> hash64("a", 1) == hash64("a", 1), hash64("a", 1) == hash64("a1")
    (True, False)
    """
    return _digest(json.dumps(parts, ensure_ascii=False, separators=(",", ":"), sort_keys=True))


def unit_interval(*parts: object) -> float:
    """A number in [0, 1) that is fixed by the parts: a repeatable draw.

    >>> 0 <= unit_interval("seed", 7) < 1
    True
    """
    return math.ldexp((hash64(*parts) + (1 << 63)) >> 11, -53)


def input_hash(inputs: Mapping[str, object]) -> int:
    """The hash of what a model sees of an item; equal inputs, equal hash."""
    return hash64("inputs", dict(inputs))


class ItemEncoder:
    """Encodes the fields of items of one project: each value once, for storing and for the hash of the inputs."""

    def __init__(self, stored: Sequence[str], *, learned: Sequence[str], images: Sequence[str] = ()) -> None:
        self._images = [(place, name) for place, name in enumerate(stored) if name in images]
        self._keys = [f"{encode_basestring(name)}:" for name in stored]
        self._learned = sorted((name, place) for place, name in enumerate(stored) if name in learned)

    def encode(self, fields: Mapping[str, object]) -> tuple[str, int]:
        """The fields as JSON, and the ``input_hash`` of those that models learn from.

        >>> encoder = ItemEncoder(["text", "region"], learned=["text"])
        >>> encoder.encode({"text": "Hello", "region": "north"}) == (
        ...     '{"text":"Hello","region":"north"}', input_hash({"text": "Hello"})
        ... )
        True
        """
        pairs = [key + _value_json(value) for key, value in zip(self._keys, fields.values(), strict=True)]
        whole = "{" + ",".join(pairs) + "}"
        for place, name in self._images:
            pairs[place] = self._keys[place] + _value_json(model_input(fields[name]))
        inputs = ",".join([pairs[place] for _, place in self._learned])
        return whole, _digest('["inputs",{' + inputs + "}]")


def own_hash(external_id: str, revision: int) -> int:
    """The hash of an item that is a group of its own."""
    return hash64("item", external_id, revision)


def _digest(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)


def _value_json(value: object) -> str:
    return encode_basestring(value) if isinstance(value, str) else json.dumps(value)
