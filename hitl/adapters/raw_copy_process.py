"""A process that copies databases, byte by byte, into a file that is open already: it keeps no lock and loses none.

It is a process of its own because closing a database's file ends every lock that SQLite holds on it in that process.
Its argument is the file's descriptor. Each line it reads says where a copy begins and, in hex digits, of which source;
it answers with a line after every few blocks (bytes so far, CRC-32 so far), and with ``end`` or the error. It imports
next to nothing, so that it starts in a moment; the disk is asked to write while there is more to read.
"""

import os
import sys
import zlib

BLOCK_BYTES = 1 << 18
STEP_BYTES = 1 << 20
FLUSH_BYTES = 1 << 23


def main() -> None:
    """Copy what stdin asks for until it ends."""
    descriptor = int(sys.argv[1])
    for line in sys.stdin:
        begin, source = line.split()
        try:
            _copy(bytes.fromhex(source), descriptor, int(begin))
            _say("end")
        except OSError as error:
            _say(f"error {error.strerror or error}")


def _copy(source: bytes, descriptor: int, begin: int) -> None:
    block = memoryview(bytearray(BLOCK_BYTES))
    size = crc = told = flushed = 0
    with open(source, "rb", buffering=0) as file:  # noqa: PTH123  pathlib would cost a third of the start
        while count := file.readinto(block):
            crc = zlib.crc32(block[:count], crc)
            _write(descriptor, block[:count], begin + size)
            size += count
            if size - told >= STEP_BYTES:
                _say(f"{size} {crc}")
                told = size
            if size - flushed >= FLUSH_BYTES:
                _begin_to_flush(descriptor, begin + flushed, size - flushed)
                flushed = size
    _say(f"{size} {crc}")


def _begin_to_flush(descriptor: int, place: int, count: int) -> None:
    """Have the disk write these bytes now, and wait for nothing: the sync at the end then finds little left to do.

    Linux begins to write what it is told that nobody needs; it forgets only what is on the disk already.
    """
    if sys.platform == "linux":
        os.posix_fadvise(descriptor, place, count, os.POSIX_FADV_DONTNEED)


def _write(descriptor: int, data: memoryview, place: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, place)
        data, place = data[written:], place + written


def _say(answer: str) -> None:
    sys.stdout.write(answer + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
