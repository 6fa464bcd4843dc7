"""A filter of items as it is typed: NAME=VALUE, one condition a time."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlite_utils import Database

from hitl.cli.items import find_class
from hitl.domain.errors import BadInput
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.language import _, later

_YES, _NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
_WORDS = later("low, high, class, route, reviewed, disagrees, text, slice, changed, unanswered")


def parse_filter(db: Database, conditions: Sequence[str]) -> ExploreFilter:
    """The filter that all the conditions make.

    Raises
    ------
    BadInput
        A condition is unknown, or its value does not fit; the message says what would.
    """
    found: dict[str, Any] = {}
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals or name not in _READERS:
            raise BadInput(
                _("'{condition}' is no condition. Write NAME=VALUE, with one of {words}.").format(
                    condition=condition[:60], words=_WORDS
                )
            )
        key, read = _READERS[name]
        value_read = read(db, value)
        found[key] = [*found.get(key, []), value_read] if key == "slices" else value_read
    return ExploreFilter.from_json(found)


def _share(_db: Database, value: str) -> float:
    try:
        return float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        raise BadInput(_("'{value}' is no share. Write for example 0.9 or 90%.").format(value=value[:60])) from None


def _truth(_db: Database, value: str) -> bool:
    if value.casefold() in _YES | _NO:
        return value.casefold() in _YES
    raise BadInput(_("'{value}' is neither yes nor no.").format(value=value[:60]))


def _slice(_db: Database, value: str) -> list[str]:
    field, colon, wanted = value.partition(":")
    if not colon:
        raise BadInput(_("'{value}' is no slice. Write slice=COLUMN:VALUE.").format(value=value[:60]))
    return [field, wanted]


_READERS: dict[str, tuple[str, Callable[[Database, str], Any]]] = {
    "low": ("low", _share),
    "high": ("high", _share),
    "class": ("class_id", lambda db, value: find_class(db, value).id),
    "route": ("route", lambda _db, value: value),
    "reviewed": ("reviewed", _truth),
    "disagrees": ("disagrees", _truth),
    "text": ("text", lambda _db, value: value),
    "slice": ("slices", _slice),
    "changed": ("changed", _truth),
    "unanswered": ("unanswered", _truth),
}
