"""The words of the product in the reader's language, looked up in gettext catalogues.

A sentence is one message with named places: ``_("{name} has {count} labels.").format(name=…, count=…)``. A language is
a folder ``hitl/locale/<language>/LC_MESSAGES/tandem.mo``; no code knows which languages there are. Which one is spoken
follows from who reads (``hitl.domain.reader``).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import TypeVar

from hitl.domain.reader import current_reader, reading

FOLDER = Path(__file__).resolve().parents[1] / "locale"
DOMAIN = "tandem"
SOURCE_LANGUAGE = "en"
_Key = TypeVar("_Key")


def _(message: str) -> str:
    """The message in the reader's language; itself where the catalogue has none.

    >>> _("Review")
    'Review'
    """
    return _catalogue(current_reader().language).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """The form of a message that fits a count, in the reader's language.

    >>> ngettext("{count} item", "{count} items", 2).format(count=2)
    '2 items'
    """
    return _catalogue(current_reader().language).ngettext(one, many, count)


def later(message: str) -> str:
    """The message as it is, marked for the catalogue; ``_`` gives it in a language when it is shown."""
    return message


class Words(Mapping[_Key, str]):
    """Names of things, marked with ``later`` in a table of a module; each is given in the reader's language.

    >>> Words({"novel": later("unusual")})["novel"]
    'unusual'
    """

    def __init__(self, messages: Mapping[_Key, str]) -> None:
        self._messages = dict(messages)

    def __getitem__(self, key: _Key) -> str:
        """The name in the reader's language."""
        return _(self._messages[key])

    def __iter__(self) -> Iterator[_Key]:
        """The keys, in the order of the table."""
        return iter(self._messages)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._messages)


def plural_later(one: str, many: str) -> tuple[str, str]:
    """Both forms of a message with a count, marked for the catalogue; ``ngettext`` gives the one that fits."""
    return one, many


def current_language() -> str:
    """The language that messages are given in, for example ``en`` or ``pt_BR``: one that has a catalogue."""
    return _spoken(current_reader().language)


def list_languages() -> list[str]:
    """The languages that there are messages in: the code's own, and each that has a catalogue; sorted.

    >>> "en" in list_languages()
    True
    """
    found = (path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))
    return sorted({SOURCE_LANGUAGE, *found})


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """A block whose messages are given in a language; the reader's numbers and clock stay."""
    with reading(replace(current_reader(), language=language)):
        yield


def forget_catalogues() -> None:
    """Read the catalogues anew at their next use, after one was added or changed."""
    _catalogue.cache_clear()
    _spoken.cache_clear()


def _names(locale: str) -> list[str]:
    """The folders that may hold the catalogue of a locale, the most exact first."""
    parts = locale.split("_")
    return ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]


@lru_cache(maxsize=256)
def _spoken(locale: str) -> str:
    found = (name for name in _names(locale) if (FOLDER / name / "LC_MESSAGES" / f"{DOMAIN}.mo").exists())
    return next(found, SOURCE_LANGUAGE)


@lru_cache(maxsize=256)
def _catalogue(locale: str) -> NullTranslations:
    return translation(DOMAIN, FOLDER, languages=[_spoken(locale)], fallback=True)
