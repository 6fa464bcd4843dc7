"""The pool beside a snapshot: some items without a label, the same ones whenever they are asked for."""

from itertools import pairwise

import pytest

from hitl.loop.train import take_snapshot
from hitl.loop.withdraw import withdraw_import
from hitl.store.connection import fetch_value
from hitl.store.snapshot_rows import learned_groups, pool_rows
from tests.small_project import SmallProject


@pytest.fixture
def small(tmp_path):
    made = SmallProject(tmp_path, rows=60, labelled=12)
    yield made
    made.db.conn.close()


def snapshot_of(small):
    return take_snapshot(small.db, request_id=small.request(), actor=small.actor, now=small.now())


def texts(small, snapshot, limit=100):
    return [
        row["text"]
        for row in pool_rows(small.db, snapshot, labelled=learned_groups(small.db, snapshot).group_ids, limit=limit)
    ]


def test_it_is_what_has_no_label(small):
    assert texts(small, snapshot_of(small)) == [f"text number {n}" for n in range(12, 60)]


def test_of_many_items_some_from_everywhere_are_taken(small):
    taken = [int(text.split()[-1]) for text in texts(small, snapshot_of(small), limit=12)]
    assert 8 <= len(taken) <= 12
    assert max(b - a for a, b in pairwise(taken)) <= 12


def test_what_happens_later_changes_nothing(small):
    snapshot = snapshot_of(small)
    before = texts(small, snapshot, limit=20)
    small.add_rows([(f"new{n}", f"another text {n}", "") for n in range(40)])
    small.decide_next(5)
    small.draw(20, seed=0)
    assert texts(small, snapshot, limit=20) == before


def test_what_was_kept_for_testing_is_not_learned_from(small):
    small.draw(30, seed=0)
    assert len(texts(small, snapshot_of(small))) == 18


def test_a_withdrawn_import_is_not_learned_from(small):
    small.add_rows([(f"new{n}", f"another text {n}", "") for n in range(40)])
    import_id = fetch_value(small.db, "SELECT max(id) FROM imports")
    withdraw_import(
        small.db, import_id=import_id, reason="wrong file", request_id="gone", actor=small.actor, now=small.now()
    )
    assert not [text for text in texts(small, snapshot_of(small)) if text.startswith("another")]
