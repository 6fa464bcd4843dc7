"""The rules of the house, checked: layers, sizes, who imports what, where SQL is written, that links lead somewhere."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from streamlit import config

import hitl
from hitl.domain.people import Permission
from hitl.domain.policies import (
    JOB_PERMISSIONS,
    PERMISSION_WORDS,
    VERB_PERMISSIONS,
    VERBS_OF_JOBS,
    VERBS_ON_MEMBERS,
    VERBS_ON_ONESELF,
)
from hitl.loop.jobs import JobKind

ROOT = Path(__file__).resolve().parents[1]
HITL = sorted((ROOT / "hitl").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
TOP = [ROOT / "app.py"]
SESSION = ROOT / "pages" / "_session.py"
TEXT_SUFFIXES = {
    ".cfg",
    ".css",
    ".csv",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".svg",
    ".toml",
    ".txt",
    ".yml",
    ".yaml",
    "",
}

HITL_LINES = 400
PAGE_LINES = 80
SESSION_LINES = 200
FUNCTION_LINES = 30
FORBIDDEN_FILE_NAMES = {"utils", "helpers", "common", "manager", "base", "misc"}
SQL_STATEMENT = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|TRIGGER|VIEW))\b",
    re.DOTALL,
)
PAGE_MAY_IMPORT = ("hitl.access", "hitl.charts", "hitl.domain", "hitl.loop", "hitl.ui", "hitl.views")
SESSION_MAY_IMPORT = (*PAGE_MAY_IMPORT, "hitl.settings", "hitl.store")
APP_MAY_IMPORT = ("hitl", "hitl.api", "hitl.domain", "hitl.settings")
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+|tmp/\w+|opt/\w+)/")
MARKDOWN_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """The syntax tree of a file; many rules read each."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def list_imports(tree: ast.AST) -> Iterator[str]:
    """Each imported module, and for ``from a import b`` also ``a.b``, which may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def list_texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string of the code with its line; docstrings, which are prose, left out."""
    prose = {id(doc) for node in ast.walk(tree) if (doc := docstring_node(node)) is not None}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value


def docstring_node(node: ast.AST) -> ast.Constant | None:
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not body or not isinstance(body[0], ast.Expr):
        return None
    value = body[0].value
    return value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def within(module: str, allowed: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def tracked_files() -> list[Path]:
    """The files that git has or would take: the repository, without what .gitignore leaves out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for name in listed if name and (path := ROOT / name).is_file()]


def read_texts() -> Iterator[tuple[Path, str]]:
    for path in tracked_files():
        if path.suffix in TEXT_SUFFIXES:
            yield path, path.read_text("utf-8", errors="ignore")


def test_every_import_points_down_the_layers():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_the_domain_needs_the_standard_library_alone():
    found = {
        f"{relative(path)}: {module}"
        for path in HITL
        if path.parent.name == "domain"
        for module in list_imports(parse(path))
        if module.partition(".")[0] not in sys.stdlib_module_names and not within(module, ("hitl.domain",))
    }
    assert not found


@pytest.mark.parametrize("path", [path for path in PAGES if path != SESSION], ids=relative)
def test_a_page_sees_views_verbs_charts_and_widgets_alone(path):
    strangers = {
        name for name in list_imports(parse(path)) if within(name, ("hitl",)) and not within(name, PAGE_MAY_IMPORT)
    }
    assert not strangers - {"hitl"}


def test_only_the_session_opens_the_store_for_pages():
    names = set(list_imports(parse(SESSION)))
    assert not {name for name in names if within(name, ("hitl",)) and not within(name, SESSION_MAY_IMPORT)}


def test_the_server_sees_the_api_and_the_settings_alone():
    names = {name for name in list_imports(parse(ROOT / "app.py")) if name.startswith("hitl.")}
    assert not {name for name in names if not within(name, APP_MAY_IMPORT[1:]) and name != "hitl.__version__"}


@pytest.mark.parametrize("path", [*PAGES, *[path for path in HITL if "ui" in path.parts]], ids=relative)
def test_no_text_becomes_markup(path):
    source = path.read_text("utf-8")
    assert "unsafe_allow_html" not in source
    assert "unsafe_allow_javascript" not in source


VERBS = {
    f"{path.stem}.{node.name}": (node, parse(path))
    for path in HITL
    if path.parent.name == "loop"
    for node in parse(path).body
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
}
SYSTEM_VERBS = [name for name, (verb, _) in VERBS.items() if "System only" in (ast.get_docstring(verb) or "")]


def asks_permission(function: ast.FunctionDef, tree: ast.Module) -> bool:
    """Whether a verb calls ``require`` or one that does, itself or through a private function of its module."""
    called = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    inner = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in called]
    asked = called & {"require", "require_in", "require_own", "as_maker"}
    return bool(asked) or any(asks_permission(node, tree) for node in inner if node.name.startswith("_"))


def can_reach_data(function: ast.FunctionDef) -> bool:
    """Whether a verb is given a database or a path; what is given neither can change nothing."""
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(ast.unparse(one.annotation) in {"Database", "Path"} for one in arguments if one.annotation)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_every_verb_asks_who_acts_or_says_why_it_need_not(name):
    """The reasons there are: it changes nothing (readers), or it is a step of what was permitted (System only).

    At the door nobody acts yet: a password or a token is what is asked for.
    """
    verb, tree = VERBS[name]
    said = ast.get_docstring(verb) or ""
    changes_nothing = "Changes nothing" in said and "Writes" not in said
    is_at_the_door = name.partition(".")[0] in {"sign_in", "access_links", "single_sign_on"} and "Nobody acts" in said
    is_excused = changes_nothing or is_at_the_door or name in SYSTEM_VERBS or not can_reach_data(verb)
    assert asks_permission(verb, tree) or is_excused


def test_every_verb_that_is_told_who_acts_is_in_the_table_of_permissions():
    """tests/unit/domain/test_policies.py then asks each of them as every role."""
    told = {name for name, (verb, _) in VERBS.items() if "actor" in {one.arg for one in verb.args.kwonlyargs}}
    assert told == set(VERB_PERMISSIONS) | VERBS_OF_JOBS | VERBS_ON_ONESELF | VERBS_ON_MEMBERS


def test_every_permission_has_words_and_a_line_in_the_document_of_roles():
    assert set(PERMISSION_WORDS) == set(Permission)
    said = (ROOT / "docs" / "roles.md").read_text("utf-8")
    assert not [words for words in PERMISSION_WORDS.values() if f"| {words} |" not in said]


def test_every_kind_of_job_is_in_the_table_of_permissions():
    assert set(JOB_PERMISSIONS) == set(JobKind)


@pytest.mark.parametrize("name", SYSTEM_VERBS)
def test_a_verb_of_the_system_has_no_caller_on_a_page(name):
    callers = {
        relative(path) for path in [*HITL, *PAGES, *TOP] if f"hitl.loop.{name}" in set(list_imports(parse(path)))
    }
    outside = {"hitl/samples.py", "hitl/simulate.py"}
    assert callers
    assert {caller for caller in callers if not caller.startswith("hitl/worker/")} <= outside


def test_sql_is_written_in_the_store_alone():
    found = [
        f"{relative(path)}:{line}"
        for path in [*HITL, *PAGES, *TOP]
        if ROOT / "hitl" / "store" not in path.parents
        for line, text in list_texts(parse(path))
        if SQL_STATEMENT.search(text)
    ]
    assert not found


def test_outside_the_store_a_database_is_only_handed_on():
    """``sqlite_utils.Database`` may name a parameter's type; nobody else opens one or speaks to it."""
    found = []
    for path in [*HITL, *PAGES, *TOP]:
        if ROOT / "hitl" / "store" in path.parents:
            continue
        tree = parse(path)
        found += [
            f"{relative(path)} imports {name}"
            for name in list_imports(tree)
            if within(name, ("sqlite3", "sqlite_utils")) and name not in {"sqlite_utils", "sqlite_utils.Database"}
        ]
        found += [
            f"{relative(path)}:{node.lineno} calls {ast.unparse(node.func)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and is_database_call(node.func)
        ]
    assert not found


def is_database_call(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "Database"
    if not isinstance(function, ast.Attribute):
        return False
    return function.attr in {"execute", "executemany", "executescript"} or ast.unparse(function) in {
        "db.query",
        "db.table",
    }


def test_no_value_is_quoted_into_sql():
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in (ROOT / "hitl" / "store").rglob("*.py")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.JoinedStr)
        and any(
            isinstance(text, ast.Constant) and str(text.value).endswith("'") and isinstance(value, ast.FormattedValue)
            for text, value in zip(node.values, node.values[1:], strict=False)
        )
        and SQL_STATEMENT.search("".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)))
        and "CREATE TRIGGER" not in ast.unparse(node)
    ]
    assert not found


def test_no_page_waits_for_scikit_learn():
    """Importing it costs seconds: neither the server nor what any page imports may do so."""
    modules = {name for path in [*PAGES, *TOP] for name in list_imports(parse(path)) if within(name, ("hitl",))}
    code = (
        "import importlib, sys\n"
        f"for name in {sorted(modules)!r}:\n"
        "    try:\n        importlib.import_module(name)\n"
        "    except ModuleNotFoundError as error:\n"
        "        if not name.startswith(error.name or ''): raise\n"
        "heavy = {'sklearn', 'skops', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", HITL, ids=relative)
def test_a_file_fits_in_the_head(path):
    assert len(path.read_text("utf-8").splitlines()) <= HITL_LINES


@pytest.mark.parametrize("path", [*PAGES, *TOP], ids=relative)
def test_a_page_is_thin(path):
    limit = SESSION_LINES if path == SESSION else PAGE_LINES
    assert len(path.read_text("utf-8").splitlines()) <= limit


@pytest.mark.parametrize("path", [*HITL, *TOP], ids=relative)
def test_a_function_fits_on_a_screen(path):
    long = {
        f"{node.name} ({lines} lines)"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := count_lines(node)) > FUNCTION_LINES
        and not is_migration(path, node)
    }
    assert not long


def count_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from the signature to the end, the docstring left out."""
    total = (function.end_lineno or function.lineno) - function.lineno + 1
    doc = docstring_node(function)
    return total if doc is None else total - ((doc.end_lineno or doc.lineno) - doc.lineno + 1)


def is_migration(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A migration is one plain SQL text, which is data."""
    return path.parent.name == "migrations" and bool(function.decorator_list)


@pytest.mark.parametrize("path", [*HITL, *PAGES, *TOP], ids=relative)
def test_a_file_says_its_job_in_its_first_line(path):
    text = ast.get_docstring(parse(path))
    assert text
    assert text.splitlines()[0].endswith((".", ":", "!"))


@pytest.mark.parametrize("path", [*HITL, *PAGES], ids=relative)
def test_a_name_has_a_meaning(path):
    assert path.stem.strip("_") not in FORBIDDEN_FILE_NAMES


def test_migrations_import_no_live_code():
    found = {
        f"{relative(path)}: {name}"
        for path in (ROOT / "hitl" / "store" / "migrations").glob("*.py")
        for name in list_imports(parse(path))
        if within(name, ("hitl",)) and not within(name, ("hitl.store.migrations",))
    }
    assert not found


WRITES_ITEM_ROWS = re.compile(r"\b(INTO|UPDATE|DELETE FROM)\s+(item_state|queue|predictions|test_groups)\b")
NOTES = {"note_change", "note_groups", "note_items", "scope.note"}


def test_whoever_writes_rows_of_items_notes_it():
    """Readers keep these rows as columns in memory; what is not noted (hitl.store.item_changes) they would not see."""
    found = [
        f"{relative(path)}: {function.name}"
        for path in HITL
        if path.parent.name == "store"
        for function in ast.walk(parse(path))
        if isinstance(function, ast.FunctionDef)
        and any(
            isinstance(node, ast.Constant) and WRITES_ITEM_ROWS.search(str(node.value))
            for node in ast.walk(function)
            if node is not docstring_node(function)
        )
        and not NOTES & {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    ]
    assert not found


def test_tables_are_never_transformed():
    assert not [relative(path) for path in HITL if ".transform(" in path.read_text("utf-8") and "store" in path.parts]


def test_no_path_of_a_machine_is_in_the_repository():
    found = [
        f"{relative(path)}: {match.group()}"
        for path, text in read_texts()
        if path != Path(__file__).resolve()
        for match in MACHINE_PATH.finditer(text)
    ]
    assert not found


def test_every_link_in_the_documents_leads_to_a_file():
    found = []
    for path in tracked_files():
        if path.suffix != ".md":
            continue
        for target in MARKDOWN_LINK.findall(path.read_text("utf-8")):
            name = target.partition("#")[0]
            if name and "://" not in name and not name.startswith("mailto:") and not (path.parent / name).exists():
                found.append(f"{relative(path)}: {target}")
    assert not found


def test_every_option_of_streamlit_exists():
    options = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
    known = set(config.get_config_options())
    assert not {name for name in list_options(options) if name not in known}


def list_options(table: dict, prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from list_options(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def test_what_a_release_is_built_from_agrees_on_the_version():
    assert f"## [{hitl.__version__}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
