"""Fields that people who review do not see: left out, or masked."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from hitl.domain.fields import Field, Role
from hitl.domain.language import _

MASK = "•••"
_LEAST_SHOWN = 4


class Cover(StrEnum):
    """What stands between a field and people: nothing of it is shown, or its first character."""

    HIDDEN = "hidden"
    MASKED = "masked"


Covers = Mapping[str, Cover]


def uncovered(fields: Iterable[Field], covers: Covers) -> tuple[Field, ...]:
    """The fields that everybody sees whole, in their given order."""
    return tuple(field for field in fields if field.name not in covers)


def masked(value: object) -> str:
    """A value as it is shown where it is masked: its first character, of a short one nothing, of a missing one nothing.

    How long it is stays unsaid.

    >>> masked("Mustermann"), masked("abc"), masked(1984), masked(None)
    ('M•••', '•••', '•••', '')
    """
    if value is None or value == "":
        return ""
    text = str(value).strip()
    return f"{text[0]}{MASK}" if isinstance(value, str) and len(text) >= _LEAST_SHOWN else MASK


def covered_text(value: object, role: str, cover: Cover) -> str:
    """What people read in place of a covered field's value; of an image there is no mask.

    >>> covered_text("Mustermann", "text", Cover.MASKED), covered_text("Mustermann", "text", Cover.HIDDEN)
    ('M•••', 'hidden')
    >>> covered_text("scan.png", "image", Cover.MASKED)
    'hidden'
    """
    return masked(value) if cover is Cover.MASKED and role != Role.IMAGE else _("hidden")
