"""``python -m bench [NAME …] [--items N] [--json FILE]``: measure, print a table, exit 1 when a bound is broken."""

import argparse
import importlib
import inspect
import json
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench.figure import Figure, draw_table

NAMES = (
    "import_million",
    "decide",
    "pages_million",
    "explore_million",
    "retrain_million",
    "encoded_million",
    "backup",
    "first_paint",
    "sign_in",
    "audit",
    "select",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all without a name")
    parser.add_argument(
        "--items", type=int, metavar="N", help="size of the project, where a benchmark builds a big one"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    figures = [figure for name in asked.names or NAMES for figure in measure(name, asked.items)]
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    print(draw_table(figures))
    print(f"\n{cores} cores, load average {load:.1f}; times are too long where other work shares the machine")
    if asked.json:
        content = {
            "python": platform.python_version(),
            "cores": cores,
            "load": load,
            "figures": [figure.to_json() for figure in figures],
        }
        asked.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    return 0 if all(figure.is_kept for figure in figures) else 1


def measure(name: str, items: int | None) -> list[Figure]:
    print(f"{name} …", file=sys.stderr, flush=True)
    work = importlib.import_module(f"bench.{name}").measure
    size = {"items": items} if items and "items" in inspect.signature(work).parameters else {}
    with tempfile.TemporaryDirectory(prefix=f"tandem-bench-{name}-") as folder:
        return list(work(Path(folder), **size))


if __name__ == "__main__":
    sys.exit(main())
