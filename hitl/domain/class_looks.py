"""How label classes look on every screen: a colour with a mark of its own, and the key that answers with the class."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hitl.domain.records import LabelClass

COLOURS: Mapping[str, str] = {
    "teal": "●",
    "rose": "■",
    "olive": "▲",
    "purple": "◆",
    "cyan": "★",
    "sand": "▼",
    "green": "✚",
    "wine": "⬢",
}
"""Colour names that colour-blind people tell apart (Paul Tol's "muted" scheme), each with a mark as the second cue."""

RESERVED_SHORTCUTS = frozenset("ugcsxz")
"""Keys of the review desk's own commands: undo, guidelines, comment, skip, can't tell, zoom."""

DIGITS = "123456789"
SHORTCUTS = tuple(key for key in DIGITS + "abcdefghijklmnopqrstuvwxyz" if key not in RESERVED_SHORTCUTS)


@dataclass(frozen=True)
class ClassLook:
    """What was chosen for a class; None stands for what its place in the order gives."""

    colour: str | None = None
    shortcut: str | None = None


def settle_looks(classes: Sequence[LabelClass]) -> dict[int, ClassLook]:
    """Colour and shortcut of each class: as chosen, the rest by the order; without a free digit there is no shortcut.

    >>> yes, no = (LabelClass(n, name, name, "", n, False) for n, name in enumerate(("yes", "no")))
    >>> settle_looks([yes, no])[1]
    ClassLook(colour='rose', shortcut='2')
    """
    names = list(COLOURS)
    taken = {one.shortcut for one in classes if one.shortcut and not one.retired}
    free = iter([digit for digit in DIGITS if digit not in taken])
    return {
        one.id: ClassLook(
            one.colour or names[place % len(names)],
            one.shortcut or (None if one.retired else next(free, None)),
        )
        for place, one in enumerate(classes)
    }


def complain_of_looks(looks: Collection[tuple[str, ClassLook]]) -> str | None:
    """What is wrong with the looks of the classes in use, given with their names; None when nothing is."""
    seen: dict[str, str] = {}
    for name, look in looks:
        if look.colour is not None and look.colour not in COLOURS:
            return f"'{look.colour}' is no colour of a class. Choose one of {', '.join(COLOURS)}."
        if look.shortcut is None:
            continue
        if look.shortcut in RESERVED_SHORTCUTS:
            return f"'{look.shortcut}' is a key of the review desk itself. Give the class '{name}' another one."
        if look.shortcut not in SHORTCUTS:
            return f"'{look.shortcut}' can't be a key. Give the class '{name}' one of 1 to 9 or a to z."
        if look.shortcut in seen:
            other = seen[look.shortcut]
            return f"The key '{look.shortcut}' stands at '{other}' and at '{name}'. Give one of them another."
        seen[look.shortcut] = name
    return None
