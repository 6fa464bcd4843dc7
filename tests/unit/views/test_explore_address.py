"""The address of Explore: what it says is read again, and what it can't say is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.records import Route
from hitl.views.explore_address import (
    OPTIONS,
    ExploreChoices,
    ExploreState,
    Likeness,
    read_address,
    read_likeness,
    rounded,
    write_address,
)

CHOICES = ExploreChoices(
    class_keys={1: "refund", 2: "a class: with = & signs"},
    slice_fields=("region", "region:of", "Kanal & Co"),
    version_ids=(1, 3),
    orders=("least_sure", "novel"),
    splits=("route", "class", "slice.region"),
)
WORDS = st.text(min_size=1, max_size=20).filter(lambda text: text.strip() == text)
RANGES = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda ends: rounded(min(ends), max(ends)))
FILTERS = st.builds(
    lambda ends, **others: ExploreFilter(low=ends[0], high=ends[1], **others),
    ends=st.just((None, None)) | RANGES,
    class_id=st.sampled_from([None, 1, 2]),
    route=st.none() | st.sampled_from([route.value for route in Route]),
    reviewed=st.sampled_from([None, True, False]),
    disagrees=st.booleans(),
    text=st.none() | WORDS,
    slices=st.dictionaries(st.sampled_from(["region:of", "Kanal & Co"]), WORDS).map(lambda one: tuple(one.items())),
    version_id=st.sampled_from([None, 1, 3]),
    changed=st.booleans(),
    unanswered=st.booleans(),
)
STATES = st.builds(
    ExploreState,
    FILTERS,
    order=st.sampled_from(CHOICES.orders),
    split=st.sampled_from(CHOICES.splits),
    like=st.none() | st.builds(Likeness, WORDS, is_item=st.booleans()),
)


def listed(options):
    return {name: value if isinstance(value, list) else [value] for name, value in options.items()}


@given(STATES)
def test_what_an_address_says_is_read_again(state):
    assert read_address(listed(write_address(state, CHOICES)), CHOICES) == state


def test_the_default_needs_no_options():
    state = read_address({}, CHOICES)
    assert state == ExploreState(ExploreFilter(), "least_sure", "route")
    assert write_address(state, CHOICES) == {}


@pytest.mark.parametrize(
    "options",
    [
        {"class": ["nothing"]},
        {"class": ["1"]},
        {"route": ["<script>alert(1)</script>"]},
        {"reviewed": ["maybe"]},
        {"disagrees": ["1"]},
        {"from": ["-1"]},
        {"from": ["nan"]},
        {"to": ["1e999"]},
        {"from": ["0.7"], "to": ["0.2"]},
        {"slice": ["no such field:EU"]},
        {"slice": ["region"]},
        {"slice": ["region:"]},
        {"version": ["2"]},
        {"version": ["1; DROP TABLE items"]},
        {"order": ["rowid"]},
        {"split": ["slice.text"]},
        {"q": ["  "]},
        {"colour": ["red"]},
    ],
)
def test_what_is_no_choice_is_left_out(options):
    assert read_address(options, CHOICES) == read_address({}, CHOICES)


@given(st.dictionaries(st.sampled_from(OPTIONS), st.lists(st.text(max_size=30), max_size=3)))
def test_no_address_is_an_error(options):
    state = read_address(options, CHOICES)
    assert read_address(listed(write_address(state, CHOICES)), CHOICES) == state


def test_a_long_text_is_cut():
    assert len(read_address({"q": ["a" * 10_000]}, CHOICES).chosen.text) == 500


def test_an_item_is_compared_with_before_a_sentence():
    assert read_likeness(sentence="late", item="t1") == Likeness("t1", is_item=True)
    assert read_likeness(sentence=" \t", item="") is None
