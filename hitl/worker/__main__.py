"""``python -m hitl.worker DATA_DIR``: the worker process."""

import logging
import sys
from pathlib import Path

from hitl.domain.errors import HitlError
from hitl.worker.run import LOG_FORMAT, run_worker

_ARGUMENT_COUNT = 2


def main(arguments: list[str]) -> int:
    """Serve the data folder until told to stop; 0 when it ended in order, 1 when it could not work, 2 for wrong use."""
    logging.basicConfig(format=LOG_FORMAT, level=logging.INFO)
    if len(arguments) != _ARGUMENT_COUNT:
        sys.stderr.write("Usage: python -m hitl.worker DATA_DIR\n")
        return 2
    try:
        run_worker(Path(arguments[1]).resolve())
    except HitlError as error:
        logging.getLogger("tandem.worker").error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
