"""Databases copied into an open file by a process of its own, and read back from it while it goes on writing."""

import hashlib
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hitl.domain.errors import StoreUnusable
from hitl.domain.language import _

_COPIER = Path(__file__).with_name("raw_copy_process.py")
_BLOCK_BYTES = 1 << 18  # small enough to stay in the processor's cache between reading, summing and hashing


@dataclass(frozen=True)
class Copied:
    """What stands in the file now: bytes, CRC-32 and SHA-256, read back from the file itself."""

    size: int
    crc: int
    sha256: str


class RawCopier:
    """The copying process at work on one file."""

    def __init__(self, process: "subprocess.Popen[bytes]", file: BinaryIO) -> None:
        self._process = process
        self._file = file

    def copy(self, source: Path, *, begin: int) -> Copied:
        """The source's bytes, now in the file from ``begin`` on, and what was found there.

        Each block is read back while the next one is written; the two must have the same CRC-32.

        Raises
        ------
        StoreUnusable
            The source can't be read, the disk is full, or it gives back other bytes than were written.
        """
        digest, size, crc, expected = hashlib.sha256(), 0, 0, 0
        block = memoryview(bytearray(_BLOCK_BYTES))
        for written, written_crc in self._answers(source, begin):
            while size < written:
                count = os.preadv(self._file.fileno(), [block[: written - size]], begin + size)
                if not count:
                    raise StoreUnusable(
                        _("The copy of {source} ended early. Check the disk, then try again.").format(source=source)
                    )
                crc = zlib.crc32(block[:count], crc)
                digest.update(block[:count])
                size += count
            expected = written_crc
        if crc != expected:
            raise StoreUnusable(
                _("The copy of {source} differs from what was written. Check the disk, then try again.").format(
                    source=source
                )
            )
        return Copied(size, crc, digest.hexdigest())

    def _answers(self, source: Path, begin: int) -> Iterator[tuple[int, int]]:
        """(Bytes, CRC-32) of what has been written so far, again and again until all is."""
        asking, telling = self._process.stdin, self._process.stdout
        if asking is None or telling is None:
            raise RuntimeError(_("The copying process was started without pipes."))
        asking.write(f"{begin} {os.fsencode(source).hex()}\n".encode())
        asking.flush()
        for line in telling:
            word, _space, rest = line.decode(errors="replace").strip().partition(" ")
            if word == "end":
                return
            if word == "error":
                raise _not_copied(source, rest)
            yield int(word), int(rest)
        raise _not_copied(source, _("the disk is full, or the copying was stopped"))


@contextmanager
def raw_copier(file: BinaryIO) -> Iterator[RawCopier]:
    """A copier into a file that is open for reading and writing; its process ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_COPIER), str(file.fileno())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=[file.fileno()],
    )
    with process:
        try:
            yield RawCopier(process, file)
        finally:
            process.kill()


def _not_copied(source: Path, found: str) -> StoreUnusable:
    return StoreUnusable(
        _("{source} can't be copied ({found}). Make room on the disk or mend its rights, then retry.").format(
            source=source, found=found
        )
    )
