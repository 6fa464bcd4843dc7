"""The words of the product: the template that translators work from, and what they wrote, compiled.

    python docs/make_messages.py            hitl/locale/tandem.pot from the code, every tandem.mo from its tandem.po

A new language is a folder: ``pybabel init -i hitl/locale/tandem.pot -d hitl/locale -D tandem -l pt_BR``, the words in
its ``tandem.po``, then this script. After code has changed, ``pybabel update`` with the same options takes them in.
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "hitl" / "locale"
TEMPLATE = LOCALE / "tandem.pot"
SOURCES = ("hitl", "pages")
PLACES = {"_": (0, 1), "later": (0, 1), "ngettext": (0, 2), "plural_later": (0, 2), "count_of": (1, 3)}
"""Which arguments of a function are a message: from the first one up to the second."""
HEADER = r"""# The messages of Tandem, taken from its code by: make messages
msgid ""
msgstr ""
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""


def extract_messages() -> bytes:
    """The template: every message of the code, sorted; without its places, so that it changes with words alone."""
    catalogue = Catalog(charset="utf-8")
    for message in (*_list_messages(), *_list_help()):
        catalogue.add(message)
    written = io.BytesIO()
    write_po(written, catalogue, no_location=True, sort_output=True, width=120, omit_header=True)
    return HEADER.encode() + written.getvalue()


def _list_messages() -> Iterator[str | tuple[str, str]]:
    """The messages of all calls, also within f-strings, where a reader of tokens finds none in older Pythons."""
    for path in sorted(path for source in SOURCES for path in (ROOT / source).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
                given = node.args[slice(*PLACES[node.func.id])]
                forms = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if len(forms) == len(given) > 0:
                    yield forms[0] if len(forms) == 1 else (forms[0], forms[1])


def _list_help() -> Iterator[str]:
    """What ``--help`` says of the commands, which stands in their declarations and docstrings."""
    sys.path.insert(0, str(ROOT))
    from hitl.cli import app  # noqa: PLC0415  the code beside this script, whatever is installed
    from hitl.cli.app import list_help  # noqa: PLC0415

    yield from list_help(get_command(app))


def compile_catalogues() -> None:
    """Every language's tandem.mo, from its tandem.po."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/tandem.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parents[1].name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


if __name__ == "__main__":
    LOCALE.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(extract_messages())
    compile_catalogues()
