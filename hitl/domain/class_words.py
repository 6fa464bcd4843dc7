"""The words of the classes: what their names and guidelines say of them."""

import re
from collections.abc import Sequence

from hitl.domain.records import LabelClass

FEWEST_WORDS = 2
"""A class of a single word has too many senses to compare with; then a guideline is needed."""

_NO_WORD = re.compile(r"[\W_]+")


def class_texts(classes: Sequence[LabelClass]) -> tuple[str, ...]:
    """The words of each class: its name, with blanks for what is no letter or digit, and its guideline.

    >>> class_texts([LabelClass(1, "late", "late_parcel", "It came after the day promised.", 1, retired=False)])
    ('late parcel. It came after the day promised',)
    """
    return tuple(f"{_NO_WORD.sub(' ', one.name).strip()}. {one.guideline}".strip(". ") for one in classes)


def are_telling(classes: Sequence[LabelClass]) -> bool:
    """Whether there are classes to tell apart and each has words enough.

    >>> are_telling([LabelClass(n, name, name, "", n, retired=False) for n, name in enumerate(["late", "card lost"])])
    False
    """
    return len(classes) > 1 and not lacking_words(classes)


def lacking_words(classes: Sequence[LabelClass]) -> list[LabelClass]:
    """Those of the classes that have too few words to be told by.

    >>> named = [LabelClass(n, name, name, "", n, retired=False) for n, name in enumerate(["late", "card lost"])]
    >>> [one.name for one in lacking_words(named)]
    ['late']
    """
    texts = class_texts(classes)
    return [one for one, text in zip(classes, texts, strict=True) if len(text.split()) < FEWEST_WORDS]
