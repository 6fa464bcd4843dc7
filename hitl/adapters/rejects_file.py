"""Rows left out of an import, written as CSV while they are found; its size has a bound."""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hitl.adapters.tables import neutralise
from hitl.domain.language import _
from hitl.domain.rows import Reject

MOST_CHARACTERS = 20_000_000
"""About a hundred thousand rows; whoever has more of them has one cause to mend, not each row."""


class RejectsFile:
    """A table of rows: row, field, what to do, and the row's own cells from there on.

    Rows beyond ``most`` characters are counted, and a last line says how many they are.
    """

    def __init__(self, stream: TextIO, *, most: int = MOST_CHARACTERS) -> None:
        self._stream = stream
        self._writer = csv.writer(stream)
        self._left = most
        self._unwritten = 0
        self._writer.writerow(["row", "field", "remedy", "cells"])

    def add(self, reject: Reject) -> None:
        """Write one row, or count it."""
        line = _line(reject)
        self._left -= sum(len(str(cell)) + 1 for cell in line)
        if self._left < 0:
            self._unwritten += 1
        else:
            self._writer.writerow(line)

    def conclude(self) -> None:
        """Say how many rows are not in the file, where there are such."""
        if self._unwritten:
            told = _("{count:,} more rows are not in this file. Mend these first, then check the file again.")
            self._writer.writerow(["", "", told.format(count=self._unwritten)])


@contextmanager
def new_rejects_file(path: Path) -> Iterator[RejectsFile]:
    """A rejects file on disk; bytes that are no text in the file's encoding stand as question marks."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        rejects = RejectsFile(stream)
        yield rejects
        rejects.conclude()
        stream.flush()
        os.fsync(stream.fileno())


def _line(reject: Reject) -> Sequence[object]:
    return [reject.row, neutralise(reject.field), neutralise(reject.message), *map(neutralise, reject.cells)]
