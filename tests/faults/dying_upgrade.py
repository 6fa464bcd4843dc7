"""Opens a project and dies: ``dying_upgrade.py DATA SLUG [MODULE FUNCTION before|after NTH]``."""

import sys
from pathlib import Path

from hitl.domain.errors import HitlError
from hitl.store.connection import open_project
from tests.faults.dying_worker import die_at

if __name__ == "__main__":
    if len(sys.argv) > 3:
        die_at(sys.argv[3], sys.argv[4], sys.argv[5], int(sys.argv[6]))
    try:
        open_project(Path(sys.argv[1]), sys.argv[2]).conn.close()
    except HitlError as error:
        sys.exit(str(error))
