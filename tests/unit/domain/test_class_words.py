"""The words of classes: a name and a guideline, and whether they say enough."""

import pytest

from hitl.domain.class_words import are_telling, class_texts, lacking_words
from hitl.domain.records import LabelClass


def classes(*words):
    return [LabelClass(n, f"c{n}", name, guideline, n, retired=False) for n, (name, guideline) in enumerate(words)]


def test_signs_in_a_name_are_blanks_and_the_guideline_follows():
    assert class_texts(classes(("late_parcel/again", ""), ("spam", "Adverts. "))) == (
        "late parcel again",
        "spam. Adverts",
    )


@pytest.mark.parametrize(
    ("words", "enough"),
    [
        ([("late parcel", ""), ("card lost", "")], True),
        ([("late parcel", ""), ("card", "Anything on cards")], True),
        ([("late parcel", ""), ("card", "")], False),
        ([("late parcel", "")], False),
        ([], False),
    ],
)
def test_every_class_needs_two_words_and_there_are_two_classes(words, enough):
    assert are_telling(classes(*words)) is enough


def test_those_with_too_few_words_are_named_in_their_order():
    given = classes(("other", ""), ("late_parcel", ""), ("card", "Anything on cards"), ("spam", " "), ("-", ""))
    assert [one.name for one in lacking_words(given)] == ["other", "spam", "-"]
    assert lacking_words([]) == []
