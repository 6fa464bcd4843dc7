"""Which items fit a filter: each condition alone, and several together."""

import pytest

from hitl.domain.explore_filter import ExploreFilter
from hitl.loop.review import cannot_tell, decide
from hitl.store.columns import slices
from hitl.store.item_selection import select_item_ids
from tests.sliced_project import SlicedProject


@pytest.fixture
def sliced(tmp_path):
    """Version 1 answered yes (1), all at 0.6; version 2, in use, answers items 7 and later no (2), at 0.05 × item."""
    sliced = SlicedProject(tmp_path)
    items = range(1, 13)
    sliced.answer_with(dict.fromkeys(items, (1, 0.6)))
    sliced.answer_with({item: (1 if item < 7 else 2, 0.4 + 0.05 * item) for item in items})
    return sliced


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (ExploreFilter(), list(range(1, 13))),
        (ExploreFilter(low=0.8), [8, 9, 10, 11, 12]),
        (ExploreFilter(high=0.5), [1, 2]),
        (ExploreFilter(class_id=2), [2, 4, 7, 8, 9, 10, 11, 12]),
        (ExploreFilter(route="auto_accept"), [10, 11, 12]),
        (ExploreFilter(reviewed=True), []),
        (ExploreFilter(reviewed=False, class_id=1), [1, 3, 5, 6]),
        (ExploreFilter(disagrees=True), [2, 4]),
        (ExploreFilter(text="NUMBER 11"), [12]),
        (ExploreFilter(text="t7"), [8]),
        (ExploreFilter(slices=(("region", "EU"),)), [1, 3, 5, 7, 9, 11]),
        (ExploreFilter(slices=(("region", "nowhere"),)), []),
        (ExploreFilter(slices=(("region", "EU"), ("region", "US"))), []),
        (ExploreFilter(slices=(("'; DROP TABLE items; --", "EU"),)), []),
        (ExploreFilter(changed=True), [7, 8, 9, 10, 11, 12]),
        (ExploreFilter(version_id=1, changed=True), [7, 8, 9, 10, 11, 12]),
        (ExploreFilter(version_id=2, changed=True), []),
        (ExploreFilter(version_id=1, low=0.6, high=0.6), list(range(1, 13))),
        (ExploreFilter(version_id=99, low=0.0), []),
        (ExploreFilter(slices=(("region", "US"),), changed=True, low=0.75), [8, 10, 12]),
    ],
)
def test_items_that_fit(sliced, chosen, expected):
    assert select_item_ids(sliced.db, chosen) == expected


def test_what_people_or_imports_answered_is_not_unanswered(sliced):
    chosen = ExploreFilter(unanswered=True)
    labelled = select_item_ids(sliced.db, ExploreFilter(class_id=1, version_id=99))
    before = select_item_ids(sliced.db, chosen)
    assert not set(labelled) & set(before)
    cannot_tell(sliced.db, actor=sliced.actor, request_id=sliced.request(), item_id=before[-1], now=sliced.now())
    assert select_item_ids(sliced.db, chosen) == before[:-1]


def test_a_decision_is_seen_at_once(sliced):
    decide(sliced.db, actor=sliced.actor, request_id=sliced.request(), item_id=12, class_id=1, now=sliced.now())
    assert select_item_ids(sliced.db, ExploreFilter(reviewed=True)) == [12]
    assert select_item_ids(sliced.db, ExploreFilter(class_id=1)) == [1, 3, 5, 6, 12]


def test_a_value_beyond_those_held_is_found_as_well(sliced, monkeypatch):
    monkeypatch.setattr(slices, "MOST_VALUES", 1)
    found = [select_item_ids(sliced.db, ExploreFilter(slices=(("region", value),))) for value in ("EU", "US", "no")]
    assert found == [[1, 3, 5, 7, 9, 11], [2, 4, 6, 8, 10, 12], []]
