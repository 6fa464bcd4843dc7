"""An odd file: its bytes, and what must become of them."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Odd:
    """Either its cells in order and the numbers of the rows left out, or the sentence that refuses it."""

    data: bytes
    name: str = "file.csv"
    cells: tuple[tuple[str, ...], ...] = ()
    rejects: tuple[int, ...] = ()
    refused: str = ""
    columns: tuple[str, ...] = ()
    note: str = ""
    options: dict[str, Any] = field(default_factory=dict)


def rows(*cells, rejects=(), columns=(), note="", **options):
    """What a file is made into: ``make(data)`` gives the case."""

    def make(data, name="file.csv"):
        return Odd(data, name, tuple(cells), tuple(rejects), "", tuple(columns), note, options)

    return make


def refused(message, **options):
    """A file that is refused in a sentence."""

    def make(data, name="file.csv"):
        return Odd(data, name, refused=message, options=options)

    return make
