"""What a list of items is narrowed to: on a page, in a saved view, in an act on all items that fit."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from hitl.domain.errors import BadInput
from hitl.domain.language import _
from hitl.domain.records import Route

LONGEST_TEXT = 500
MOST_SLICES = 20


@dataclass(frozen=True)
class ExploreFilter:
    """Conditions that all have to hold; one that is not set leaves its items in.

    Attributes
    ----------
    low, high : float or None
        Confidence in [low, high], both included; items without a prediction fit neither.
    class_id : int or None
        The class of the label, or of the prediction while there is no label.
    route : str or None
        What the policy did with the item; ``audit`` while a drawn item waits.
    reviewed : bool or None
        Whether a person has decided it.
    disagrees : bool
        Only items whose label is not the prediction.
    text : str or None
        What its fields or its id contain.
    slices : tuple of (field, value)
        The values of slice fields.
    version_id : int or None
        Whose predictions all this is about; None is the version in use.
    unanswered : bool
        Only items that neither people nor imported labels have answered.
    changed : bool
        Only items that two versions answer differently: ``version_id`` and the one in use; without ``version_id`` the
        one in use and the one before it.
    """

    low: float | None = None
    high: float | None = None
    class_id: int | None = None
    route: str | None = None
    reviewed: bool | None = None
    disagrees: bool = False
    text: str | None = None
    slices: tuple[tuple[str, str], ...] = ()
    version_id: int | None = None
    changed: bool = False
    unanswered: bool = False

    @property
    def narrows(self) -> bool:
        """Whether any condition is set; a version alone is none."""
        return bool({name for name, value in _set_values(self).items() if name != "version_id"})

    def to_json(self) -> dict[str, Any]:
        """The conditions that are set, as ``from_json`` reads them.

        >>> ExploreFilter(low=0.5, slices=(("region", "EU"),)).to_json()
        {'low': 0.5, 'slices': [['region', 'EU']]}
        """
        values = _set_values(self)
        return values | ({"slices": [list(pair) for pair in self.slices]} if self.slices else {})

    @classmethod
    def from_json(cls, found: object) -> "ExploreFilter":
        """The filter that ``to_json`` wrote.

        Raises
        ------
        BadInput
            It is no object, a condition is unknown, or its value is not of its kind.

        >>> ExploreFilter.from_json({"route": "novel", "changed": True})
        ExploreFilter(low=None, high=None, class_id=None, route='novel', reviewed=None, disagrees=False, text=None, \
slices=(), version_id=None, changed=True, unanswered=False)
        """
        if not isinstance(found, Mapping):
            raise BadInput(_("A filter is an object of conditions; found {found}.").format(found=_shown(found)))
        unknown = sorted(str(name) for name in found if name not in _READERS)
        if unknown:
            raise BadInput(
                _("A filter has no condition '{unknown}'. There are: {readers}.").format(
                    unknown=unknown[0][:40], readers=", ".join(_READERS)
                )
            )
        return cls(**{name: _READERS[name](name, value) for name, value in found.items() if value is not None})


def _set_values(chosen: ExploreFilter) -> dict[str, Any]:
    values = {field.name: getattr(chosen, field.name) for field in fields(chosen)}
    return {name: value for name, value in values.items() if value != _UNSET[name]}


def _share(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and 0 <= value <= 1:
        return float(value)
    raise BadInput(
        _("'{name}' of a filter is a share from 0 to 1; found {value}.").format(name=name, value=_shown(value))
    )


def _id(name: str, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 63:
        return value
    raise BadInput(_("'{name}' of a filter is the id of one; found {value}.").format(name=name, value=_shown(value)))


def _truth(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise BadInput(_("'{name}' of a filter is true or false; found {value}.").format(name=name, value=_shown(value)))


def _route(name: str, value: object) -> str:
    if isinstance(value, str) and value in set(Route):
        return value
    raise BadInput(
        _("'{name}' of a filter is one of {route}; found {value}.").format(
            name=name, route=", ".join(Route), value=_shown(value)
        )
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, str) and len(value) <= LONGEST_TEXT:
        return value
    raise BadInput(
        _("'{name}' of a filter is text of at most {longest_text} characters; found {value}.").format(
            name=name, longest_text=LONGEST_TEXT, value=_shown(value)
        )
    )


def _slices(name: str, value: object) -> tuple[tuple[str, str], ...]:
    pairs = value if isinstance(value, list | tuple) else None
    if pairs is None or len(pairs) > MOST_SLICES or not all(_is_pair(pair) for pair in pairs):
        raise BadInput(
            _("'{name}' of a filter are pairs of a field and its value; found {value}.").format(
                name=name, value=_shown(value)
            )
        )
    return tuple((str(pair[0]), str(pair[1])) for pair in pairs)


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list | tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


_UNSET = {field.name: field.default for field in fields(ExploreFilter)}
_READERS: dict[str, Callable[[str, object], Any]] = {
    "low": _share,
    "high": _share,
    "class_id": _id,
    "route": _route,
    "reviewed": _truth,
    "disagrees": _truth,
    "text": _text,
    "slices": _slices,
    "version_id": _id,
    "changed": _truth,
    "unanswered": _truth,
}
