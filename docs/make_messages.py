"""The words of the product: the template that translators work from, and what they wrote, compiled.

    python docs/make_messages.py            hitl/locale/tandem.pot from the code, every tandem.mo from its tandem.po

A new language is a folder: ``pybabel init -i hitl/locale/tandem.pot -d hitl/locale -D tandem -l pt_BR``, the words in
its ``tandem.po``, then this script. After code has changed, ``pybabel update`` with the same options takes them in.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "hitl" / "locale"
TEMPLATE = LOCALE / "tandem.pot"
SOURCES = ("hitl", "pages")
KEYWORDS = {"_": None, "ngettext": (1, 2), "later": None, "plural_later": (1, 2), "count_of": (2, 3)}
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
    for source in SOURCES:
        for _, _, message, _, context in extract_from_dir(str(ROOT / source), keywords=KEYWORDS):
            catalogue.add(message, context=context)
    written = io.BytesIO()
    write_po(written, catalogue, no_location=True, sort_output=True, width=120, omit_header=True)
    return HEADER.encode() + written.getvalue()


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
