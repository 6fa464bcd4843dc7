"""docs/security.md: each limit in its table is the code's, none of the code's is missing, the tests it names exist."""

import ast
import importlib
import re
from datetime import timedelta

import pytest

from tests.test_architecture import ROOT, parse, relative

DOCUMENT = (ROOT / "docs" / "security.md").read_text("utf-8")
ROW = re.compile(
    r"^\| (?P<what>[^|]+) \| (?P<limit>[^|]+) \| `(?P<module>[\w.]+)\.(?P<name>[A-Z_]+)` \|$", re.MULTILINE
)
ROWS = [found.groupdict() for found in ROW.finditer(DOCUMENT)]
LIMIT_NAME = re.compile(
    r"(MOST|LARGEST|LONGEST|SLOWEST)(_[A-Z_]+)?|[A-Z][A-Z_]*_(LIMIT|A_MINUTE)|HEAD_SECONDS|MACHINE_FACTOR"
)
LIMITED_ROOMS = ("api", "adapters", "ml/model_files.py", "loop/single_sign_on.py", "domain/accounts.py")
UNITS = {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "million": 1_000_000, "s": 1, "": 1}


def spellings(value):
    """How a limit may be written: 65536 as 65,536 or 64 kB; a span as its hours or days."""
    if isinstance(value, timedelta):
        return {f"{value / timedelta(minutes=n):g} {unit}" for unit, n in (("min", 1), ("h", 60), ("days", 1_440))}
    found = {f"{value / size:,g} {unit}".strip() for unit, size in UNITS.items() if value % size == 0}
    return found | {f"{int(value):,}"}


def list_limits():
    """Every public constant of the rooms that face the outside whose name says that it is a limit."""
    files = [path for room in LIMITED_ROOMS for path in find_files(ROOT / "hitl" / room)]
    for path in files:
        for node in parse(path).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if LIMIT_NAME.fullmatch(name) and not isinstance(node.value, ast.Tuple):
                    yield relative(path).removesuffix(".py").replace("/", ".").removeprefix("hitl."), name


def find_files(path):
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['module']}.{row['name']}")
def test_a_limit_is_what_the_code_says(row):
    value = getattr(importlib.import_module(f"hitl.{row['module']}"), row["name"])
    assert row["limit"] in spellings(value)


def test_every_limit_of_the_code_stands_in_the_table():
    told = [(row["module"], row["name"]) for row in ROWS]
    assert len(told) == len(set(told))
    assert sorted(set(list_limits()) - set(told)) == []


def test_every_test_that_is_named_is_there():
    named = re.findall(r"`(tests/[\w/.]+)`", DOCUMENT)
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert {f"tests/attacks/{path.name}" for path in (ROOT / "tests" / "attacks").glob("test_*.py")} <= set(named)
