"""A worker that kills itself at one exact place: ``dying_worker.py DATA_DIR [MODULE FUNCTION before|after NTH]``.

Its leases are short, so that the next worker takes over within seconds; it stands back for no other test. Bulk work
begins with steps of ten items, in any project: sixty items have places between them to die at.
"""

import importlib
import os
import signal
import sys
from functools import reduce, wraps

import hitl.worker.run as life
from hitl.domain import pacing
from hitl.loop import predict
from hitl.store import routing
from hitl.worker.__main__ import main

life.LEASE_SECONDS, life.BEAT_SECONDS, life.NICENESS = 1.5, 0.3, 0
pacing.FIRST_COUNT = pacing.FEWEST = predict.CHUNK_ITEMS = 10
routing.FEW_ITEMS = 0


def die_at(module, path, when, nth):
    """SIGKILL to this process before or after the nth call of that function: nothing is tidied up."""
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    real = getattr(owner, name)
    calls = 0

    @wraps(real)
    def fatal(*args, **kwargs):
        nonlocal calls
        calls += 1
        if calls == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        value = real(*args, **kwargs)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    setattr(owner, name, fatal)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        die_at(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
    sys.exit(main(sys.argv[:2]))
