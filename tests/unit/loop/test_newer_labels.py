"""A known record that is imported again with another label: the newer statement of the same source stands."""

import pytest

from hitl.domain.import_choices import USUAL_CHOICES
from hitl.domain.rows import Row
from hitl.loop.dry_run import check_rows, ground_of
from hitl.loop.review import decide
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import fetch_value
from hitl.store.derived import check
from hitl.store.snapshot_rows import snapshot_labels

YES, NO = 1, 2


@pytest.fixture
def relabelled(small):
    """``t0`` was imported as yes, and now as no."""
    summary = small.add_rows([("t0", "text number 0", "no")])
    return small, summary.import_id


def label_of(small, name):
    return fetch_value(
        small.db,
        "SELECT resolved_class_id FROM item_state JOIN items ON items.id = item_id WHERE external_id = ?",
        (name,),
    )


def who(small):
    return {"actor": small.actor, "request_id": small.request(), "now": small.now()}


def test_the_new_label_takes_the_place_of_the_earlier_one(relabelled):
    small, _ = relabelled
    assert label_of(small, "t0") == NO
    assert check(small.db) == []


def test_withdrawing_it_lets_the_earlier_label_stand_again(relabelled):
    small, import_id = relabelled
    withdraw_import(small.db, import_id=import_id, reason="wrong", **who(small))
    assert label_of(small, "t0") == YES
    assert check(small.db) == []


def test_a_snapshot_learns_the_new_label_and_an_earlier_one_the_old(relabelled):
    small, _ = relabelled
    group_id = fetch_value(small.db, "SELECT group_id FROM items WHERE external_id = 't0' LIMIT 1")
    now = fetch_value(small.db, "SELECT max(id) FROM events")
    assert snapshot_labels(small.db, now, withdrawn=[])[group_id] == NO
    assert snapshot_labels(small.db, now - 1, withdrawn=[])[group_id] == YES


def test_labels_of_different_records_with_one_content_still_have_to_agree(relabelled):
    small, _ = relabelled
    small.add_rows([("other", "text number 0", "yes")])
    assert label_of(small, "t0") is None
    small.add_rows([("other", "text number 0", "no")])
    assert label_of(small, "t0") == NO
    assert check(small.db) == []


def test_what_a_person_decided_stands(small):
    item_id = fetch_value(small.db, "SELECT id FROM items WHERE external_id = 't0'")
    decide(small.db, item_id=item_id, class_id=YES, **who(small))
    small.add_rows([("t0", "text number 0", "no")])
    assert label_of(small, "t0") == YES
    assert check(small.db) == []


def test_a_dry_run_counts_them(small):
    rows = [
        Row(2, {"id": "t0", "text": "text number 0", "label": "no"}),
        Row(3, {"id": "t1", "text": "another text", "label": "no"}),
        Row(4, {"id": "t9", "text": "text number 9", "label": "no"}),
    ]
    found = check_rows(ground_of(small.db, USUAL_CHOICES), rows, choices=USUAL_CHOICES, actor=small.actor)
    assert (found.changed.count, found.relabelled.rows) == (3, (2,))
