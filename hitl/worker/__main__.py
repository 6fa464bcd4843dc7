"""``python -m hitl.worker DATA_DIR``: the worker process."""

import sys
from pathlib import Path

import hitl.store.light_start  # noqa: F401  before what imports sqlite-utils
from hitl.domain.audit import Via, act_through
from hitl.domain.errors import HitlError
from hitl.domain.logs import configure_logs
from hitl.domain.terminal_text import inert
from hitl.settings import read_settings
from hitl.worker.run import run_worker

_ARGUMENT_COUNT = 2


def main(arguments: list[str]) -> int:
    """Serve the data folder until told to stop; 0 when it ended in order, 1 when it could not work, 2 for wrong use."""
    if len(arguments) != _ARGUMENT_COUNT:
        sys.stderr.write("Usage: python -m hitl.worker DATA_DIR\n")
        return 2
    try:
        settings = read_settings()
        configure_logs(settings.log_style, settings.log_level)
        act_through(Via.WORKER)
        run_worker(Path(arguments[1]).resolve())
    except HitlError as error:
        sys.stderr.write(f"The worker can't work. {inert(str(error))}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
