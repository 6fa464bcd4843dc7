"""How label classes look on every screen: a colour with a mark of its own, and the key that answers with the class."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hitl.domain.language import _
from hitl.domain.records import LabelClass


@dataclass(frozen=True)
class ClassColour:
    """A colour that can be told from its ground in both themes, and its mark, for who can't tell it from another."""

    hex: str
    mark: str


COLOURS: Mapping[str, ClassColour] = {
    "teal": ClassColour("#2f9e8f", "●"),
    "rose": ClassColour("#d0566b", "■"),
    "olive": ClassColour("#8a8a2b", "▲"),
    "purple": ClassColour("#a95aa9", "◆"),
    "cyan": ClassColour("#3a95c4", "★"),
    "sand": ClassColour("#b08d2c", "▼"),
    "green": ClassColour("#3b9153", "✚"),
    "wine": ClassColour("#b0497f", "⬢"),
}
"""After Paul Tol's "muted" scheme for colour-blind readers, without the machine's blue and people's orange."""

RESERVED_SHORTCUTS = frozenset("ugcsxz")
"""Keys of the review desk's own commands: undo, guidelines, comment, skip, can't tell, zoom."""

DIGITS = "1234567890"
SHORTCUTS = tuple(key for key in DIGITS + "abcdefghijklmnopqrstuvwxyz" if key not in RESERVED_SHORTCUTS)


@dataclass(frozen=True)
class ClassLook:
    """What was chosen for a class; None stands for what its place in the order gives."""

    colour: str | None = None
    shortcut: str | None = None


def settle_looks(classes: Sequence[LabelClass]) -> dict[int, ClassLook]:
    """Colour and shortcut of each class: as chosen, the rest by the order; without a free digit there is no shortcut.

    Where all classes in use are called by digits, each has its own.

    >>> yes, no = (LabelClass(n, name, name, "", n, False) for n, name in enumerate(("yes", "no")))
    >>> settle_looks([yes, no])[1]
    ClassLook(colour='rose', shortcut='2')
    """
    names, digits = list(COLOURS), _free_digits([one for one in classes if not one.retired])
    return {
        one.id: ClassLook(one.colour or names[place % len(names)], one.shortcut or digits.get(one.id))
        for place, one in enumerate(classes)
    }


def _free_digits(classes: Sequence[LabelClass]) -> dict[int, str]:
    taken = {one.shortcut for one in classes if one.shortcut}
    others = [one for one in classes if not one.shortcut]
    if all(one.name in tuple(DIGITS) for one in classes):
        return {one.id: one.name for one in others if one.name not in taken}
    free = [digit for digit in DIGITS if digit not in taken]
    return {one.id: digit for one, digit in zip(others, free, strict=False)}


def complain_of_looks(looks: Collection[tuple[str, ClassLook]]) -> str | None:
    """What is wrong with the looks of the classes in use, given with their names; None when nothing is."""
    seen: dict[str, str] = {}
    for name, look in looks:
        if look.colour is not None and look.colour not in COLOURS:
            return _("'{colour}' is no colour of a class. Choose one of {colours}.").format(
                colour=look.colour, colours=", ".join(COLOURS)
            )
        if look.shortcut is None:
            continue
        if look.shortcut in RESERVED_SHORTCUTS:
            return _("'{shortcut}' is a key of the review desk itself. Give the class '{name}' another one.").format(
                shortcut=look.shortcut, name=name
            )
        if look.shortcut not in SHORTCUTS:
            return _("'{shortcut}' can't be a key. Give the class '{name}' one of 0 to 9 or a to z.").format(
                shortcut=look.shortcut, name=name
            )
        if look.shortcut in seen:
            other = seen[look.shortcut]
            return _("The key '{shortcut}' stands at '{other}' and at '{name}'. Give one of them another.").format(
                shortcut=look.shortcut, other=other, name=name
            )
        seen[look.shortcut] = name
    return None
