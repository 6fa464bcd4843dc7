"""A command that kills itself in the middle of a statement on project.db: ``dying_midway.py WHEN WHAT NTH ARGUMENT…``.

``begin WHAT NTH``: as the nth statement begins whose text holds WHAT, those inside of another included. ``step WHAT
NTH``: so many thousand instructions into the statement WHAT. ``log WHAT NTH``: once the log has so many bytes by it.
"""

import itertools
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path

from hitl.cli import main as run_command

REAL = sqlite3.connect


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def watch_log(path, size):
    """SIGKILL to this process once the log has so many bytes."""
    while True:
        if path.exists() and path.stat().st_size >= size:
            die()


def die_midway(when, what, nth):
    begun = itertools.count(1)
    steps = itertools.count(1)

    def look(sql, conn, path):
        if what not in sql:
            return
        number = next(begun)
        if when == "begin" and number == nth:
            die()
        elif when == "log" and number == 1:
            threading.Thread(target=watch_log, args=(path.with_name("project.db-wal"), nth), daemon=True).start()
        elif when == "step" and number == 1:
            conn.set_progress_handler(lambda: die() if next(steps) == nth else 0, 1_000)

    def connect(database, *args, **named):
        conn = REAL(database, *args, **named)
        path = Path(str(database))
        if path.name == "project.db":
            conn.set_trace_callback(lambda sql: look(sql, conn, path))
        return conn

    sqlite3.connect = connect


if __name__ == "__main__":
    die_midway(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.argv[1:] = sys.argv[4:]
    run_command()
