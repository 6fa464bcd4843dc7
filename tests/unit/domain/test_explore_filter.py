"""A filter as JSON: what was written is read again, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl.domain.errors import BadInput
from hitl.domain.explore_filter import ExploreFilter
from hitl.domain.records import Route

SHARE = st.floats(0, 1)
WORDS = st.text(min_size=1, max_size=20)
FILTERS = st.builds(
    ExploreFilter,
    low=st.none() | SHARE,
    high=st.none() | SHARE,
    class_id=st.none() | st.integers(1, 1_000),
    route=st.none() | st.sampled_from(list(Route)).map(str),
    reviewed=st.none() | st.booleans(),
    disagrees=st.booleans(),
    text=st.none() | WORDS,
    slices=st.lists(st.tuples(WORDS, WORDS), max_size=3).map(tuple),
    version_id=st.none() | st.integers(1, 1_000),
    changed=st.booleans(),
    unanswered=st.booleans(),
)


@given(FILTERS)
def test_what_was_written_is_read_again(chosen):
    assert ExploreFilter.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen


def test_an_empty_filter_narrows_nothing():
    assert not ExploreFilter().narrows
    assert ExploreFilter().to_json() == {}


def test_a_version_alone_narrows_nothing():
    assert not ExploreFilter(version_id=3).narrows
    assert ExploreFilter(version_id=3, changed=True).narrows


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (None, "object"),
        ([], "object"),
        ({"low": 1.5}, "'low'"),
        ({"low": float("nan")}, "'low'"),
        ({"high": "0.5"}, "'high'"),
        ({"high": True}, "'high'"),
        ({"class_id": 0}, "'class_id'"),
        ({"class_id": "1; DROP TABLE items"}, "'class_id'"),
        ({"version_id": 1 << 70}, "'version_id'"),
        ({"route": "elsewhere"}, "'route'"),
        ({"route": []}, "'route'"),
        ({"reviewed": 1}, "'reviewed'"),
        ({"text": "a" * 501}, "'text'"),
        ({"slices": {"region": "EU"}}, "'slices'"),
        ({"slices": [["region"]]}, "'slices'"),
        ({"slices": [["region", 1]]}, "'slices'"),
        ({"colour": "red"}, "'colour'"),
    ],
)
def test_what_is_no_filter_is_refused_by_name(found, named):
    with pytest.raises(BadInput, match=named):
        ExploreFilter.from_json(found)
