"""A command that kills itself at one exact place: ``dying_command.py MODULE FUNCTION before|after NTH ARGUMENT…``."""

import sys

from hitl.cli import main
from tests.faults.dying_worker import die_at

if __name__ == "__main__":
    die_at(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    sys.argv[1:] = sys.argv[5:]
    main()
