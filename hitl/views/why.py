"""Why the model answers as it does, as people may see it: words and fields that weighed, and what was decided before.

Kept are places in texts and ids of items; what they say is read from the items of now, without their hidden fields.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlite_utils import Database

from hitl.domain.covers import Covers, uncovered
from hitl.domain.fields import Field, Role, learned_fields, stored_fields
from hitl.domain.images import ImageRef
from hitl.domain.records import LabelClass
from hitl.loop.explain import find_explainable
from hitl.store.explanations import find_explanations, find_precedents, is_wished
from hitl.store.field_covers import current_covers
from hitl.store.items import read_items
from hitl.store.projects import list_classes, read_project
from hitl.views.explore import excerpt_of

_LONGEST_EXCERPT = 100
_LONGEST_NAME = 40
"""In bytes: what the desk is sent stays small."""


@dataclass(frozen=True)
class Precedent:
    """A decided item like the one at hand; ``by`` is ``person`` or ``import``, ``image`` the hash of its image."""

    external_id: str
    excerpt: str
    class_id: int
    by: str
    image: str | None = None


@dataclass(frozen=True)
class Why:
    """What weighed, and what was decided before.

    Attributes
    ----------
    version_id : int
        The version whose answer it is about.
    against_id : int or None
        The class that the answer is weighed against.
    marks : tuple of (field, start, end, sign)
        Words: the place of their field among all the item keeps, their UTF-16 units in its text, half open, and 1 where
        they speak for the model's answer, −1 against it.
    fields : tuple of (field, sign)
        Fields that are no texts, by their places likewise, the weightiest first.
    precedents : tuple of Precedent
        The nearest first.
    """

    version_id: int
    against_id: int | None
    marks: tuple[tuple[int, int, int, int], ...]
    fields: tuple[tuple[int, int], ...]
    precedents: tuple[Precedent, ...]


@dataclass(frozen=True)
class WhyOfItem:
    """What an item's panel says.

    Attributes
    ----------
    state : str
        ``known``, ``asked`` (the worker has been asked), ``open`` (nobody asked) or ``never`` (no model can say it).
    speaks_for, speaks_against : tuple of str
        Words and names of fields.
    against_name : str or None
    precedents : tuple of (Precedent, name of its class)
    has_hidden : bool
        Whether the model also learned from fields that are hidden, of which nothing is said.
    """

    state: str
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    against_name: str | None = None
    precedents: tuple[tuple[Precedent, str], ...] = ()
    has_hidden: bool = False


def read_whys(db: Database, items: Mapping[int, Mapping[str, Any]]) -> dict[int, Why]:
    """Item id → why, of items given with their fields; those that are not explained, or decided blind, are left out."""
    bodies = find_explanations(db, list(items))
    decided = find_precedents(db, sorted({near for body in bodies.values() for near in body.get("near", ())}))
    project_fields, covers = read_project(db).fields, current_covers(db)
    names = [field.name for field in stored_fields(project_fields)]
    shown = learned_fields(uncovered(project_fields, covers))
    return {item_id: _why(body, items[item_id], decided, names, shown) for item_id, body in bodies.items()}


def read_why_of_item(db: Database, item_id: int) -> WhyOfItem:
    """What the panel of an item with a prediction that is shown says."""
    values = {item["id"]: item["fields"] for item in read_items(db, [item_id])}
    why = read_whys(db, values).get(item_id)
    if why is None:
        if find_explainable(db) is None:
            return WhyOfItem("never")
        return WhyOfItem("asked" if is_wished(db, item_id) else "open")
    project_fields = read_project(db).fields
    names = [field.name for field in stored_fields(project_fields)]
    classes = {one.id: one for one in list_classes(db)}
    return WhyOfItem(
        "known",
        _told(why, values[item_id], names, 1),
        _told(why, values[item_id], names, -1),
        _class_name(classes, why.against_id),
        tuple((one, _class_name(classes, one.class_id) or "") for one in why.precedents),
        _has_hidden(project_fields, current_covers(db)),
    )


def _why(
    body: Mapping[str, Any],
    values: Mapping[str, Any],
    decided: Mapping[int, Mapping[str, Any]],
    names: Sequence[str],
    shown: Sequence[Field],
) -> Why:
    places = {field.name: names.index(field.name) for field in shown}
    weighed = [(name, weight) for name, weight in body.get("fields", ()) if name in places]
    return Why(
        version_id=body["version_id"],
        against_id=body.get("against"),
        marks=tuple(
            (places[name], *_in_utf16(values[name], start, end), _sign(weight))
            for name, start, end, weight in body.get("words", ())
            if name in places and isinstance(values.get(name), str) and end <= len(values[name])
        ),
        fields=tuple((places[name], _sign(weight)) for name, weight in weighed),
        precedents=tuple(
            _precedent(decided[near], _telling(shown, [name for name, _ in weighed]))
            for near in body.get("near", ())
            if near in decided
        ),
    )


def _telling(shown: Sequence[Field], weighed: Sequence[str]) -> tuple[Field, ...]:
    """The fields that a precedent is told by: those that weighed first, then the others."""
    rank = {name: place for place, name in enumerate(weighed)}
    return tuple(sorted(shown, key=lambda field: rank.get(field.name, len(rank))))


def _precedent(row: Mapping[str, Any], shown: tuple[Field, ...]) -> Precedent:
    images = (ImageRef.parse(row["fields"].get(field.name)) for field in shown if field.role is Role.IMAGE)
    image = next((image.sha256 for image in images if image), None)
    return Precedent(
        external_id=_cut(row["external_id"], _LONGEST_NAME),
        excerpt=_cut(excerpt_of(row["fields"], shown), _LONGEST_EXCERPT if image is None else _LONGEST_NAME),
        class_id=row["class_id"],
        by="person" if row["review_count"] else "import",
        image=image,
    )


def _told(why: Why, values: Mapping[str, Any], names: Sequence[str], sign: int) -> tuple[str, ...]:
    """The words and fields of one sign, each once and none that is told with another one."""
    told: list[str] = []
    marked = [_from_utf16(values[names[field]], start, end) for field, start, end, own in why.marks if own == sign]
    for word in (*marked, *(names[field] for field, own in why.fields if own == sign)):
        if not any(_holds(one, word) for one in told):
            told = [*(one for one in told if not _holds(word, one)), word]
    return tuple(told)


def _holds(phrase: str, word: str) -> bool:
    """Whether a word is told with another one: "my" with "my profile"."""
    return f" {word.casefold()} " in f" {phrase.casefold()} "


def _class_name(classes: Mapping[int, LabelClass], class_id: int | None) -> str | None:
    return None if class_id is None or class_id not in classes else classes[class_id].name


def _has_hidden(fields: Sequence[Field], covers: Covers) -> bool:
    return any(field.name in covers for field in learned_fields(fields))


def _sign(weight: float) -> int:
    return 1 if weight > 0 else -1


def _in_utf16(text: str, start: int, end: int) -> tuple[int, int]:
    """Places in a text as a browser counts them, where a character beyond U+FFFF has two."""
    begin = start + sum(map(_is_wide, text[:start]))
    return begin, begin + end - start + sum(map(_is_wide, text[start:end]))


def _from_utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def _is_wide(character: str) -> bool:
    return character > "\uffff"


def _cut(text: str, longest: int) -> str:
    """The beginning of a text that takes at most ``longest`` bytes."""
    sizes = [len(character.encode("utf-8", "surrogatepass")) for character in text]
    if sum(sizes) <= longest:
        return text
    ends = accumulate(sizes)
    return f"{text[: sum(1 for end in ends if end <= longest - 3)].rstrip()}…"
