"""``python -m hitl``: the command line."""

import hitl.store.light_start  # noqa: F401  before what imports sqlite-utils
from hitl.cli import main

if __name__ == "__main__":
    main()
