"""Colours and shortcuts of classes."""

import re
from pathlib import Path

import pytest

from hitl.domain.class_looks import (
    COLOURS,
    RESERVED_SHORTCUTS,
    SHORTCUTS,
    ClassLook,
    complain_of_looks,
    settle_looks,
)
from hitl.domain.records import LabelClass
from hitl.ui import deck


def make(number, *, shortcut=None, colour=None, retired=False):
    return LabelClass(number, f"k{number}", f"class {number}", "", number, retired, colour, shortcut)


def test_without_a_choice_the_order_gives_digits_and_colours():
    looks = settle_looks([make(number) for number in range(12)])
    assert [looks[number].shortcut for number in range(12)] == [*"1234567890", None, None]
    assert looks[0].colour != looks[1].colour
    assert looks[8].colour == looks[0].colour


def test_a_chosen_digit_is_not_given_to_another():
    looks = settle_looks([make(0), make(1, shortcut="1"), make(2)])
    assert [looks[number].shortcut for number in range(3)] == ["2", "1", "3"]


def test_classes_called_by_digits_have_their_own():
    digits = [LabelClass(number, str(number), str(number), "", number, False) for number in range(10)]
    assert [settle_looks(digits)[number].shortcut for number in range(10)] == list("0123456789")


def test_a_retired_class_takes_no_digit():
    looks = settle_looks([make(0, retired=True), make(1)])
    assert (looks[0].shortcut, looks[1].shortcut) == (None, "1")


def test_every_colour_has_a_mark_of_its_own():
    assert len({colour.mark for colour in COLOURS.values()}) == len(COLOURS)


@pytest.mark.parametrize("ground", ["#ffffff", "#11141b"])
@pytest.mark.parametrize("name", COLOURS)
def test_every_colour_stands_out_from_both_grounds(name, ground):
    """Three to one, as WCAG 2.2 asks of graphics."""
    light, dark = sorted([luminance(COLOURS[name].hex), luminance(ground)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_desks_own_letters_are_reserved():
    script = (Path(deck.__file__).parent / "view.js").read_text("utf-8")
    assert set(re.findall(r'letter: "(\w)"', script)) == RESERVED_SHORTCUTS
    assert not RESERVED_SHORTCUTS & set(SHORTCUTS)


def test_what_can_not_be_is_said():
    assert complain_of_looks([("yes", ClassLook("teal", "1")), ("no", ClassLook("teal", "b"))]) is None
    assert "stands at 'yes' and at 'no'" in complain_of_looks(
        [("yes", ClassLook(None, "1")), ("no", ClassLook(None, "1"))]
    )
    assert "review desk itself" in complain_of_looks([("yes", ClassLook(None, "u"))])
    for key in ("-", "A", "é", " ", "ab"):
        assert "can't be a key" in complain_of_looks([("yes", ClassLook(None, key))])
    assert "no colour" in complain_of_looks([("yes", ClassLook("#ff0000"))])
