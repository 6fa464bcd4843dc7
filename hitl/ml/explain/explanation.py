"""What weighed for a class against another one, and which of it is worth showing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from hitl.ml.explain.words import is_unspaced

MOST_WORDS = (5.0, 3.0)
MOST_FIELDS = (3, 2)
"""How many words and fields are shown, for the class and against it."""
MOST_STRETCHES = 12
LEAST_SHARE = 0.2  # of the weightiest: what weighs less than a fifth of it is noise to a reader


@dataclass(frozen=True)
class Stretch:
    """A part of a text that weighed.

    Attributes
    ----------
    field : str
    start, end : int
        Characters of the text, half open.
    weight : float
        What it adds to the log odds of the class against the other one, a word with all its places in the item; below
        zero it speaks against the class.
    """

    field: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class FieldWeight:
    """A field whose value weighed, in the unit of ``Stretch``."""

    field: str
    weight: float


@dataclass(frozen=True)
class Explanation:
    """What weighed most in an item.

    Attributes
    ----------
    words : tuple of Stretch
        In the order of the item's fields and of their texts; no two overlap.
    fields : tuple of FieldWeight
        Those that are no texts, the weightiest first.
    """

    words: tuple[Stretch, ...] = ()
    fields: tuple[FieldWeight, ...] = ()


def weightiest(
    texts: Sequence[tuple[str, str, Sequence[Stretch]]], fields: Iterable[FieldWeight], *, least: float = 0.0
) -> Explanation:
    """The words and fields that weighed most; a word counts with all its places in the item's texts.

    Parameters
    ----------
    texts : sequence of (field, text, stretches)
    fields : iterable of FieldWeight
    least : float
        What weighs no more than this is left out, whatever the others weigh.
    """
    kept = _of_both_signs(list(fields), MOST_FIELDS, least)
    return Explanation(_words(texts, least), tuple(sorted(kept, key=lambda one: (-abs(one.weight), one.field))))


def _words(texts: Sequence[tuple[str, str, Sequence[Stretch]]], least: float) -> tuple[Stretch, ...]:
    totals: dict[str, float] = {}
    for _, text, stretches in texts:
        for one in stretches:
            word = _word_of(text, one)
            totals[word] = totals.get(word, 0.0) + one.weight
    chosen = _weightiest_words(totals, least)
    found = [
        stretch
        for _, text, stretches in texts
        for stretch in _joined(text, [one for one in stretches if _word_of(text, one) in chosen], totals)
    ]
    return _bounded(found)


def _word_of(text: str, stretch: Stretch) -> str:
    return text[stretch.start : stretch.end].casefold()


def _weightiest_words(totals: dict[str, float], least: float) -> set[str]:
    limit = max([least, *(LEAST_SHARE * abs(weight) for weight in totals.values())])
    chosen: set[str] = set()
    for sign, room in zip((1, -1), MOST_WORDS, strict=True):
        side = sorted((-sign * weight, word) for word, weight in totals.items() if sign * weight > limit)
        sizes = accumulate(0.5 if is_unspaced(word) else 1.0 for _, word in side)  # of such a script half a word
        chosen |= {word for (_, word), size in zip(side, sizes, strict=True) if size <= room}
    return chosen


def _joined(text: str, stretches: Sequence[Stretch], totals: dict[str, float]) -> list[Stretch]:
    """Neighbours that speak for the same are one stretch: words with one space between, characters with none."""
    joined: list[Stretch] = []
    for one in stretches:
        last = joined[-1] if joined else None
        weight = totals[_word_of(text, one)]
        if last and last.weight * weight > 0 and text[last.end : one.start] in {"", " "}:
            joined[-1] = Stretch(one.field, last.start, one.end, last.weight + weight)
        else:
            joined.append(Stretch(one.field, one.start, one.end, weight))
    return joined


def _bounded(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """At most ``MOST_STRETCHES``, the weightiest, in their order."""
    ranked = sorted(range(len(stretches)), key=lambda place: (-abs(stretches[place].weight), place))
    return tuple(stretches[place] for place in sorted(ranked[:MOST_STRETCHES]))


def _of_both_signs(fields: Sequence[FieldWeight], most: tuple[int, int], least: float) -> list[FieldWeight]:
    limit = max([least, *(LEAST_SHARE * abs(one.weight) for one in fields)])
    kept: list[FieldWeight] = []
    for sign, count in zip((1, -1), most, strict=True):
        side = [one for one in fields if sign * one.weight > limit]
        kept += sorted(side, key=lambda one: (-abs(one.weight), one.field))[:count]
    return kept
