"""Catalogues of languages made for a test, and a pseudo-language that shows which words come from a catalogue.

The pseudo-language wraps each message in ⟦…⟧ and lengthens it by a third, as a translation may: what a page shows
outside of such brackets is no message of the catalogue (or it is data).
"""

import io
import re
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hitl.domain import language

TEMPLATE = Path(language.__file__).resolve().parents[1] / "locale" / "tandem.pot"
PSEUDO = "eo"
_PLACE = re.compile(r"(\{[^}]*\})")
_WRAPPED = re.compile(r"⟦[^⟦⟧]*⟧")


def write_catalogue(folder, name, messages):
    """A compiled catalogue: message → translation, or (one, many) → tuple of forms."""
    place_catalogue(folder, name, compile_catalogue(name, messages))


def compile_catalogue(name, messages):
    catalogue = Catalog(locale=name)
    for message, translation in messages.items():
        catalogue.add(message, translation)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def place_catalogue(folder, name, compiled):
    place = folder / name / "LC_MESSAGES"
    place.mkdir(parents=True, exist_ok=True)
    (place / "tandem.mo").write_bytes(compiled)


def lengthen(message):
    """The message in the pseudo-language; named places stay.

    >>> lengthen("Train it")
    '⟦Train it·······⟧'
    """
    return f"⟦{message}{'·' * (5 + len(_PLACE.sub('', message)) // 3)}⟧"


def write_pseudo_language(folder):
    """Every message of the template in the pseudo-language, under the tag of Esperanto, which no one asks for."""
    place_catalogue(folder, PSEUDO, compile_pseudo_language())


@cache
def compile_pseudo_language():
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    messages = {}
    for message in template:
        if message.id:
            is_plural = isinstance(message.id, tuple)
            messages[message.id] = tuple(map(lengthen, message.id)) if is_plural else lengthen(message.id)
    return compile_catalogue(PSEUDO, messages)


def outside_of_messages(text):
    """What is left of a text after all messages of the pseudo-language; nested ones are taken inside out."""
    before = None
    while before != text:
        before, text = text, _WRAPPED.sub("", text)
    return text
