"""``python -m hitl``: the command line."""

from hitl.cli import main

if __name__ == "__main__":
    main()
