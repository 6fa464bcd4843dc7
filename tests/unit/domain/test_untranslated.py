"""No sentence that a person reads stands outside of the catalogue: all code is looked through for one."""

import ast
import re
import symtable

import pytest

from tests.test_architecture import HITL, PAGES, ROOT, docstring_node, parse, relative

MESSAGES = {"_", "later", "ngettext", "plural_later", "count_of"}
HELP = {"Annotated", "Option", "Argument", "Typer"}
"""What the command line's help is made of, which goes into the catalogue as a whole."""
UNREAD = {
    "RuntimeError",
    "TypeError",
    "AssertionError",
    "filterwarnings",
    "compile",
    "match",
    "fullmatch",
    "search",
    "sub",
}
"""What is for whoever writes code: a mistake of the program itself, a pattern."""
LOGGED = {"debug", "info", "warning", "error", "exception", "critical"}
NOT_SAID = {
    "hitl/samples.py": "what the sample projects hold",
    "hitl/worker/__main__.py": "the worker's log",
}
PLACE = "{}"
SENTENCE = re.compile(r"(?:[A-Z]|\{\})\S*(?: \S+)+")
WORD = re.compile(r"(?<![\w`./:-])[A-Za-z][a-z']+(?![\w`/:(=])")
SQL = re.compile(r"\b[A-Z]{2,}\b(?s:.*)\b[A-Z]{2,}\b|=\s*[?:]")
LEAST_WORDS = 3


def untranslated(tree, docstrings):
    """The sentences of a module that are in no message, with their lines."""
    found = []
    for node in loose_texts(tree):
        text = written(node)
        is_sentence = SENTENCE.fullmatch(text.strip()) and len(WORD.findall(text)) >= LEAST_WORDS
        if is_sentence and id(node) not in docstrings and not SQL.search(text):
            found.append((node.lineno, text))
    return found


def loose_texts(node):
    """Every string below a node that no message, help or log line takes; a bare string explains what is above it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Subscript) and name_of(node.value) in HELP:
        return
    if isinstance(node, ast.Call) and (name_of(node.func) in MESSAGES | HELP | UNREAD or is_log_line(node.func)):
        return
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    is_format = isinstance(node, ast.JoinedStr)
    inner = [part.value for part in node.values if isinstance(part, ast.FormattedValue)] if is_format else None
    for child in ast.iter_child_nodes(node) if inner is None else inner:
        yield from loose_texts(child)


def is_log_line(function):
    return isinstance(function, ast.Attribute) and function.attr in LOGGED and "LOG" in ast.unparse(function.value)


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def written(node):
    if isinstance(node, ast.Constant):
        return node.value
    return "".join(part.value if isinstance(part, ast.Constant) else PLACE for part in node.values)


def find_in(source):
    tree = ast.parse(source)
    return [text for _, text in untranslated(tree, docstrings_of(tree))]


def docstrings_of(tree):
    return {id(doc) for node in ast.walk(tree) if (doc := docstring_node(node)) is not None}


def read_code():
    """Each module whose words are read, with its syntax tree."""
    for path in (*HITL, *PAGES, ROOT / "app.py"):
        if relative(path) not in NOT_SAID and "migrations" not in path.parts:
            yield relative(path), parse(path)


def test_every_sentence_is_a_message_of_the_catalogue():
    found = [
        f"{path}:{line}: {text}" for path, tree in read_code() for line, text in untranslated(tree, docstrings_of(tree))
    ]
    assert not found, 'Wrap each in _("… {place} …").format(place=…), see docs/translating.md:\n' + "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        'raise BadInput("Row 1 holds no label.")',
        'raise BadInput(f"Row {row} holds no label.")',
        'raise BadInput(f"{name} holds no label at all")',
        'typer.echo("There are no projects yet")',
        'st.caption(f"Trained on {count:,} labels of yours")',
        '_("{name}: {rest}").format(name=name, rest="Nothing was changed here")',
        '@st.cache_data(show_spinner="Checking every row …")\ndef read(): pass',
    ],
)
def test_a_sentence_outside_of_a_message_is_found(source):
    assert len(find_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '_("Row {row} holds no label.").format(row=1)',
        'def f():\n    """What it gives, in some words."""',
        'kept: Annotated[bool, typer.Option(help="Keep the triggers and do nothing.")]',
        'db.execute("SELECT name FROM items WHERE id = ?")',
        '_LOG.warning("Whether it is well could not be seen: %s", error)',
        'later("Nothing was changed here")',
    ],
)
def test_what_nobody_reads_is_passed_over(source):
    assert find_in(source) == []


def test_the_catalogue_holds_no_sentence_that_only_looks_wrapped():
    """An f-string within ``_()`` would never be found in a catalogue."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in read_code()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name_of(node.func) in MESSAGES - {"count_of"}
        and any(isinstance(argument, ast.JoinedStr) for argument in node.args)
    ]
    assert not found


def test_no_function_takes_a_variable_for_the_catalogue():
    """``_`` bound in a function that also calls it is no longer the catalogue's, and the call would fail."""
    hidden = [f"{path}: {name}" for path, _tree in read_code() for name in find_hiding(ROOT / path)]
    assert not hidden


def find_hiding(path):
    def walk(table):
        if table.get_type() == "function" and table.get_name() not in {"listcomp", "setcomp", "dictcomp", "genexpr"}:
            names = [symbol for symbol in table.get_symbols() if symbol.get_name() == "_"]
            if any(symbol.is_assigned() and symbol.is_referenced() for symbol in names):
                yield table.get_name()
        for child in table.get_children():
            yield from walk(child)

    return list(walk(symtable.symtable(path.read_text("utf-8"), str(path), "exec")))
