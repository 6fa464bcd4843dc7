"""A process that copies databases, byte by byte, into a file that is open already: it keeps no lock and loses none.

It is a process of its own because closing a database's file ends every lock that SQLite holds on it in that process.
Its argument is the file's descriptor. Each line it reads names a source and where its copy begins; it answers with a
line after every block (bytes so far, CRC-32 so far), and with ``end`` or the error.
"""

import json
import os
import sys
import zlib

BLOCK_BYTES = 1 << 18


def main() -> None:
    """Copy what stdin asks for until it ends."""
    descriptor = int(sys.argv[1])
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            _copy(asked["source"], descriptor, asked["begin"])
            _say({"end": True})
        except OSError as error:
            _say({"error": error.strerror or str(error)})


def _copy(source: str, descriptor: int, begin: int) -> None:
    block = memoryview(bytearray(BLOCK_BYTES))
    size = crc = 0
    with open(source, "rb", buffering=0) as file:  # noqa: PTH123  pathlib would cost a third of the start
        while count := file.readinto(block):
            crc = zlib.crc32(block[:count], crc)
            _write(descriptor, block[:count], begin + size)
            size += count
            _say({"size": size, "crc": crc})


def _write(descriptor: int, data: memoryview, place: int) -> None:
    while data:
        written = os.pwrite(descriptor, data, place)
        data, place = data[written:], place + written


def _say(answer: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
