"""Withdrawn items are taken away in small steps: cut off between two, the rest follows; people decide meanwhile."""

from contextlib import closing

import pytest
from sqlite_utils import Database

from hitl.domain.errors import Conflict
from hitl.domain.pacing import Pace
from hitl.loop.review import claim, decide
from hitl.loop.withdraw import find_unfinished_withdrawal, finish_withdrawals, plan_withdrawal, withdraw_import
from hitl.store.connection import fetch_all, fetch_value, open_project, write_transaction
from hitl.store.rebuilding import check
from hitl.store.withdrawals import (
    add_withdrawal,
    take_away_next,
    unfinished_withdrawals,
    withdraw_in_steps,
)

AT = "2026-02-01T09:00:00.000000Z"
VISIBLE = "SELECT external_id, revision FROM items JOIN item_state ON item_id = items.id ORDER BY items.id"


@pytest.fixture
def wrong(small):
    """A withdrawn import, nothing of which is taken away: new items, one of a known group, a revision."""
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.95)))
    before = fetch_all(small.db, VISIBLE)
    rows = [("n1", "new one", ""), ("n2", "text number 9", "yes"), ("t0", "a changed text", ""), ("n3", "new one", "")]
    made = small.add_rows([*rows, *((f"m{n}", f"more {n}", "no") for n in range(6))])
    claim(small.db, actor=small.actor, count=5, now=small.now())
    with write_transaction(small.db):
        add_withdrawal(small.db, made.import_id, reason="wrong", request_id="w", actor_id=1, at=AT)
    return small, made.import_id, before


def test_each_step_is_whole_and_the_last_leaves_what_was_there_before(wrong):
    small, import_id, before = wrong
    left = [len(fetch_all(small.db, VISIBLE))]
    while take_away_next(small.db, import_id, count=1, at=AT):
        left.append(len(fetch_all(small.db, VISIBLE)))
    assert left == sorted(left, reverse=True)
    assert len(left) == 10, "two of the ten items are one group and go together"
    assert fetch_all(small.db, VISIBLE) == before
    assert (unfinished_withdrawals(small.db), check(small.db)) == ([import_id], [])
    withdraw_in_steps(small.db, at=AT)
    assert unfinished_withdrawals(small.db) == []
    held = "SELECT count(*) FROM assignments JOIN items ON items.id = item_id WHERE ended_at IS NULL AND import_id = ?"
    assert fetch_value(small.db, held, (import_id,)) == 0


def test_the_size_of_the_steps_changes_nothing(wrong):
    small, _import_id, before = wrong
    withdraw_in_steps(small.db, at=AT, pace=Pace(count=3, fewest=2, rest=lambda _seconds: None))
    assert fetch_all(small.db, VISIBLE) == before
    assert check(small.db) == []


def test_one_that_was_cut_off_has_a_name_until_it_is_finished(wrong):
    small, import_id, before = wrong
    take_away_next(small.db, import_id, count=2, at=AT)
    assert find_unfinished_withdrawal(small.db) == f"withdraw-{import_id}"
    finish_withdrawals(small.db, now=small.now())
    assert find_unfinished_withdrawal(small.db) is None
    assert fetch_all(small.db, VISIBLE) == before


def test_who_asks_again_finishes_what_was_cut_off(wrong):
    small, import_id, before = wrong
    take_away_next(small.db, import_id, count=2, at=AT)
    assert plan_withdrawal(small.db, import_id).item_count == 7, "one of the two that went has a twin"
    asked = {"import_id": import_id, "reason": "again", "actor": small.actor}
    withdraw_import(small.db, request_id="another", now=small.now(), **asked)
    assert fetch_all(small.db, VISIBLE) == before
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw_import(small.db, request_id="a third", now=small.now(), **asked)


def test_a_decision_between_two_steps_stands(wrong):
    small, _import_id, _before = wrong
    decided = iter(["n2", "t11", "m5"])

    def decide_meanwhile(_seconds):
        name = next(decided, None)
        item_id = fetch_value(small.db, "SELECT max(id) FROM items WHERE external_id = ?", (name,))
        visible = "SELECT count(*) FROM item_state WHERE item_id = ?"
        if name and fetch_value(small.db, visible, (item_id,)):
            with closing(open_project(small.data_dir, "small").conn) as conn:
                given = {"request_id": small.request(), "item_id": item_id, "class_id": 2, "now": small.now()}
                decide(Database(conn), actor=small.actor, **given)

    withdraw_in_steps(small.db, at=AT, pace=Pace(count=1, fewest=1, rest=decide_meanwhile))
    assert list(decided) == []
    assert check(small.db) == []
    labels = fetch_all(
        small.db,
        "SELECT external_id, resolved_class_id FROM items JOIN item_state ON item_id = items.id"
        " WHERE external_id IN ('t9', 't11') ORDER BY 1",
    )
    assert {row["external_id"]: row["resolved_class_id"] for row in labels}["t11"] == 2


STANDING = """
    SELECT resolved_class_id FROM item_state JOIN items ON items.id = item_id WHERE external_id IN ('t1', 't2')
    ORDER BY external_id
    """


def standing(small):
    return [row["resolved_class_id"] for row in fetch_all(small.db, STANDING)]


@pytest.mark.parametrize("all_replaced", [False, True])
@pytest.mark.parametrize("count", [1, 1_000])
def test_a_label_of_an_item_that_was_replaced_since_counts_no_more_where_it_was(small, all_replaced, count):
    kept = standing(small)
    made = small.add_rows([("x", "text number 1", "yes"), ("y", "text number 2", "no")])
    small.add_rows([("x", "something else", "")] + [("y", "other words", "")] * all_replaced)
    assert (kept, standing(small)) == ([2, 1], [None, None])
    with write_transaction(small.db):
        add_withdrawal(small.db, made.import_id, reason="wrong", request_id="w", actor_id=1, at=AT)
    pace = Pace(count=count, fewest=1, rest=lambda _seconds: None)
    withdraw_in_steps(small.db, at=AT, pace=pace)
    assert (standing(small), check(small.db)) == (kept, [])


@pytest.mark.parametrize("seen", [[("z", "a third text", "")], []], ids=["some seen", "all replaced"])
def test_cut_off_among_what_was_replaced_it_goes_on_there(small, seen):
    kept = standing(small)
    made = small.add_rows([("x", "text number 1", "yes"), ("y", "text number 2", "no"), *seen])
    small.add_rows([("x", "something else", ""), ("y", "other words", "")])
    asked = {"import_id": made.import_id, "reason": "wrong", "request_id": "w", "actor": small.actor}

    def cut_off(_seconds):
        raise KeyboardInterrupt

    with write_transaction(small.db):
        add_withdrawal(small.db, made.import_id, reason="wrong", request_id="w", actor_id=1, at=AT)
    with pytest.raises(KeyboardInterrupt):
        withdraw_in_steps(small.db, at=AT, pace=Pace(count=1, fewest=1, rest=cut_off))
    assert unfinished_withdrawals(small.db) == [made.import_id]
    withdraw_import(small.db, now=small.now(), **asked)
    assert (standing(small), check(small.db), unfinished_withdrawals(small.db)) == (kept, [], [])


def test_an_import_that_brought_nothing_new_can_be_withdrawn(small):
    made = small.add_rows([("t1", "text number 1", "")])
    withdraw_import(small.db, import_id=made.import_id, reason="-", request_id="w", actor=small.actor, now=small.now())
    assert check(small.db) == []
