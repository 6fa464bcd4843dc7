"""The words of the product in the reader's language, looked up in gettext catalogues.

A sentence is one message with named places: ``_("{name} has {count} labels.").format(name=…, count=…)``. A language is
a folder ``hitl/locale/<language>/LC_MESSAGES/tandem.mo``; no code knows which languages there are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "locale"
DOMAIN = "tandem"

_LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


def _(message: str) -> str:
    """The message in the reader's language; itself where the catalogue has none.

    >>> _("Review")
    'Review'
    """
    return _catalogue(_LANGUAGE.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a message that fits a count, in the reader's language.

    >>> ngettext("{count} item", "{count} items", 2).format(count=2)
    '2 items'
    """
    return _catalogue(_LANGUAGE.get()).ngettext(one, many, count)


def current_language() -> str:
    """The language that messages are given in, for example ``en`` or ``pt_BR``."""
    return _LANGUAGE.get()


def speak(language: str) -> None:
    """Give messages in a language from here on in this thread or task."""
    _LANGUAGE.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """A block whose messages are given in a language."""
    token = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(token)


@cache
def _catalogue(language: str) -> NullTranslations:
    return translation(DOMAIN, FOLDER, languages=[language], fallback=True)
