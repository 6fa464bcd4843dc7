"""A process that kills itself at its Nth statement: ``dying_statement.py DATABASE NTH …``.

Counted are the statements on databases of that file name (``*``: on all), those of triggers too. Afterwards come a
data folder and the number of a job, which is done as a worker would; or ``hitl`` and the arguments of a command. It
prints how many statements there were when it comes to its end.
"""

import atexit
import itertools
import os
import signal
import sqlite3
import sys
from pathlib import Path

from hitl.cli import main as run_command
from hitl.worker.run import work_until_ended
from tests.faults import dying_worker  # noqa: F401  short leases and small steps

REAL = sqlite3.connect


def die_at_statement(name, nth):
    """SIGKILL to this process as it begins its nth statement on such a database."""
    counted = itertools.count(1)
    seen = [0]

    def count(_sql):
        seen[0] = next(counted)
        if seen[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(database, *args, **named):
        conn = REAL(database, *args, **named)
        if name in {"*", Path(str(database).partition("?")[0]).name}:
            conn.set_trace_callback(count)
        return conn

    sqlite3.connect = connect
    atexit.register(lambda: print("statements:", *seen))


def main(arguments):
    name, nth, what, *rest = arguments
    die_at_statement(name, int(nth))
    if what == "hitl":
        sys.argv[1:] = rest
        run_command()
    else:
        work_until_ended(Path(what), job_id=int(rest[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
