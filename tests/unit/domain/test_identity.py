"""Hashes are the same on every machine and spread evenly."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.identity import ItemEncoder, hash64, input_hash, own_hash, unit_interval


def test_a_hash_is_the_same_on_every_machine():
    assert hash64("a", 1) == 2451243937432073812


def test_the_order_of_fields_does_not_matter():
    assert input_hash({"a": 1, "b": "x"}) == input_hash({"b": "x", "a": 1})


def test_a_revision_has_its_own_hash():
    assert own_hash("a", 1) != own_hash("a", 2)


@given(st.text(), st.integers())
def test_a_hash_fits_eight_bytes(text, number):
    assert -(2**63) <= hash64(text, number) < 2**63


@given(st.text())
def test_a_draw_is_in_the_unit_interval(text):
    assert 0 <= unit_interval("seed", text) < 1


def test_draws_are_even():
    draws = [unit_interval("even", number) for number in range(10_000)]
    assert abs(sum(draws) / len(draws) - 0.5) < 0.01
    assert abs(sum(draw < 0.02 for draw in draws) - 200) < 50


VALUES = st.text() | st.floats(allow_nan=False, allow_infinity=False) | st.none()


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=5), st.sets(st.integers(0, 4)))
def test_encoding_values_once_gives_the_json_and_the_hash_of_the_whole(fields, places):
    learned = [name for place, name in enumerate(fields) if place in places]
    stored, hashed = ItemEncoder(list(fields), learned=learned).encode(fields)
    assert json.loads(stored) == fields
    assert hashed == input_hash({name: fields[name] for name in learned})
