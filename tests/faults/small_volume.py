"""A real small disk, a tmpfs, of which a test says how much room is left."""

import os
import shutil
import subprocess

import pytest

KILOBYTE = 1024


class SmallVolume:
    """A mounted disk that a file fills but for so many kilobytes."""

    def __init__(self, path):
        self.path = path
        self._filler = path / ".filler"

    def leave(self, kilobytes):
        """So much room is left, and no more."""
        self.clear()
        filled = shutil.disk_usage(self.path).free - kilobytes * KILOBYTE
        with self._filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, filled)

    def clear(self):
        """Somebody made room."""
        self._filler.unlink(missing_ok=True)


def mount(path, *, megabytes):
    """The volume at a new folder; the test is skipped where nothing may be mounted."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("a small disk needs the program mount")
    if done.returncode:
        pytest.skip(f"a small disk needs the right to mount one, which root has: {done.stderr.strip()}")
    return SmallVolume(path)


def unmount(volume):
    subprocess.run(["umount", "--lazy", str(volume.path)], check=True)
