"""What each column of an item is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What the product does with a column."""

    TEXT = "text"
    NUMBER = "number"
    CATEGORY = "category"
    IMAGE = "image"
    ID = "id"
    LABEL = "label"
    SLICE = "slice"
    SHOWN = "shown"
    LINK = "link"
    IGNORE = "ignore"
    PREDICTION = "prediction"
    CONFIDENCE = "confidence"


LEARNED_ROLES = frozenset({Role.TEXT, Role.NUMBER, Role.CATEGORY, Role.IMAGE})
STORED_ROLES = LEARNED_ROLES | {Role.SLICE, Role.SHOWN, Role.LINK}


@dataclass(frozen=True)
class Field:
    """A column with its role."""

    name: str
    role: Role


def learned_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that models learn from, in their given order."""
    return tuple(field for field in fields if field.role in LEARNED_ROLES)


def stored_fields(fields: Iterable[Field]) -> tuple[Field, ...]:
    """The fields that an item keeps, in their given order."""
    return tuple(field for field in fields if field.role in STORED_ROLES)


def slice_names(fields: Iterable[Field]) -> tuple[str, ...]:
    """The fields that numbers are shown apart by, in their given order."""
    return tuple(field.name for field in fields if field.role is Role.SLICE)


def usual_group_rule(fields: Iterable[Field]) -> str:
    """How items of a new project are grouped: equal texts or images are one question, equal rows of numbers may differ.

    >>> usual_group_rule([Field("text", Role.TEXT)]), usual_group_rule([Field("age", Role.NUMBER)])
    ('inputs', 'item')
    """
    return "inputs" if {field.role for field in fields} & {Role.TEXT, Role.IMAGE} else "item"
