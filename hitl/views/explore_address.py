"""What Explore shows, as readable options of its address, so that a link can be shared.

explore?project=tickets&q=late&class=refund&from=0.4&to=0.7&slice=region:EU&version=3&order=novel&split=class

An option that says nothing here (an unknown class, a share above 1, a field that is not there) is left out: a link is
never an error, and nothing in it is taken for more than one of the choices on the page.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hitl.domain.explore_filter import LONGEST_TEXT, MOST_SLICES, ExploreFilter
from hitl.domain.records import Route

OPTIONS = (
    "q",
    "class",
    "route",
    "reviewed",
    "disagrees",
    "from",
    "to",
    "slice",
    "version",
    "changed",
    "unanswered",
    "near",
    "like",
    "order",
    "split",
)
_YES, _NO = "yes", "no"
_DIGITS = 4


@dataclass(frozen=True)
class ExploreChoices:
    """What there is to choose from: class keys by id, slice fields, versions, orders and splits; defaults first."""

    class_keys: Mapping[int, str]
    slice_fields: Sequence[str]
    version_ids: Sequence[int]
    orders: Sequence[str]
    splits: Sequence[str]


@dataclass(frozen=True)
class Likeness:
    """What the items are compared with: a sentence, or an item by its external id."""

    text: str
    is_item: bool


@dataclass(frozen=True)
class ExploreState:
    """What Explore shows: the filter, the order of the list and what the chart is split by.

    ``like`` is what the items are compared with; then the nearest are listed, whatever the order.
    """

    chosen: ExploreFilter
    order: str
    split: str
    like: Likeness | None = None


def read_address(options: Mapping[str, Sequence[str]], choices: ExploreChoices) -> ExploreState:
    """What an address asks for."""
    asked = {name: values[-1] for name, values in options.items() if values}
    class_ids = {key: class_id for class_id, key in choices.class_keys.items()}
    low, high = _share(asked.get("from")), _share(asked.get("to"))
    chosen = ExploreFilter(
        low=low if high is None or low is None or low <= high else None,
        high=high if low is None or high is None or low <= high else None,
        class_id=class_ids.get(asked.get("class", "")),
        route=_one_of(asked.get("route"), list(Route)),
        reviewed={_YES: True, _NO: False}.get(asked.get("reviewed", "")),
        disagrees=asked.get("disagrees") == _YES,
        text=asked.get("q", "").strip()[:LONGEST_TEXT] or None,
        slices=_read_slices(options.get("slice", ()), choices.slice_fields),
        version_id=_version(asked.get("version"), choices.version_ids),
        changed=asked.get("changed") == _YES,
        unanswered=asked.get("unanswered") == _YES,
    )
    return ExploreState(
        chosen,
        _one_of(asked.get("order"), choices.orders) or choices.orders[0],
        _one_of(asked.get("split"), choices.splits) or choices.splits[0],
        read_likeness(sentence=asked.get("near", ""), item=asked.get("like", "")),
    )


def read_likeness(*, sentence: str, item: str) -> Likeness | None:
    """What is compared with; an item goes before a sentence, and None is neither.

    >>> read_likeness(sentence=" late again ", item="")
    Likeness(text='late again', is_item=False)
    """
    text = sentence.strip()[:LONGEST_TEXT].strip()
    if item:
        return Likeness(item, is_item=True)
    return Likeness(text, is_item=False) if text else None


def write_address(state: ExploreState, choices: ExploreChoices) -> dict[str, str | list[str]]:
    """The options of the address that says so; what is the default is left out."""
    chosen = state.chosen
    options: dict[str, str | list[str] | None] = {
        "q": chosen.text,
        "class": choices.class_keys.get(chosen.class_id or 0),
        "route": chosen.route,
        "reviewed": None if chosen.reviewed is None else _YES if chosen.reviewed else _NO,
        "disagrees": _YES if chosen.disagrees else None,
        "from": None if chosen.low is None else f"{chosen.low:g}",
        "to": None if chosen.high is None else f"{chosen.high:g}",
        "slice": [f"{field}:{value}" for field, value in chosen.slices],
        "version": str(chosen.version_id) if chosen.version_id else None,
        "changed": _YES if chosen.changed else None,
        "unanswered": _YES if chosen.unanswered else None,
        "near": state.like.text if state.like and not state.like.is_item else None,
        "like": state.like.text if state.like and state.like.is_item else None,
        "order": state.order if state.order != choices.orders[0] else None,
        "split": state.split if state.split != choices.splits[0] else None,
    }
    return {name: value for name, value in options.items() if value}


def rounded(low: float, high: float) -> tuple[float, float]:
    """A range of confidence as an address can say it, within [0, 1].

    >>> rounded(-0.02, 0.123456)
    (0.0, 0.1235)
    """
    low, high = (min(1.0, max(0.0, round(end, _DIGITS))) for end in (low, high))
    return low, high


def _share(text: str | None) -> float | None:
    try:
        share = float(text or "nan")
    except ValueError:
        return None
    return round(share, _DIGITS) if math.isfinite(share) and 0 <= share <= 1 else None


def _one_of(text: str | None, choices: Sequence[str]) -> str | None:
    return str(text) if text in choices else None


def _version(text: str | None, version_ids: Sequence[int]) -> int | None:
    return next((version_id for version_id in version_ids if str(version_id) == text), None)


def _read_slices(texts: Sequence[str], fields: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Each field at most once; of names that begin alike the longest is meant."""
    found: dict[str, str] = {}
    for text in texts[:MOST_SLICES]:
        names = [name for name in fields if text.startswith(f"{name}:")]
        if names:
            name = max(names, key=len)
            found[name] = text[len(name) + 1 :]
    return tuple((name, value) for name, value in found.items() if value)
