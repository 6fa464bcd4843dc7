"""Text for a terminal: what came with somebody's data must not steer the terminal of whoever reads it."""

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def inert(text: str) -> str:
    r"""The text with control characters, and those that turn the reading direction, spelled out as JSON does.

    Line breaks and tabs stay. JSON stays the same JSON.

    >>> inert("red \x1b[31m, reversed \u202e")
    'red \\u001b[31m, reversed \\u202e'
    """
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
