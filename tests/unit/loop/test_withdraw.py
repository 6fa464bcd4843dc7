"""A wrong import goes as a whole, what it replaced stands again, and what people said stays."""

import pytest

from hitl.domain.errors import BadInput, Conflict, FactGuarded, NotFound, NotPermitted
from hitl.domain.import_choices import ChangedPolicy, ImportChoices
from hitl.domain.people import Actor, MemberRole
from hitl.domain.rows import Row
from hitl.loop.dry_run import check_rows, ground_of
from hitl.loop.review import claim, decide
from hitl.loop.train import take_snapshot
from hitl.loop.withdraw import plan_withdrawal, withdraw_import
from hitl.store.connection import fetch_all, fetch_value, write_transaction
from hitl.store.items import find_item_id
from hitl.store.rebuilding import check
from hitl.store.snapshot_rows import learned_groups
from hitl.store.versions import read_snapshot
from hitl.store.withdrawals import learned_labels


def withdraw(small, import_id, **changed):
    given = {"reason": "the wrong file", "request_id": small.request(), "actor": small.actor, "now": small.now()}
    withdraw_import(small.db, import_id=import_id, **{**given, **changed})
    assert check(small.db) == []


def texts(small):
    rows = fetch_all(
        small.db, "SELECT external_id, fields ->> 'text' AS text FROM items JOIN item_state ON item_id = items.id"
    )
    return {row["external_id"]: row["text"] for row in rows}


def test_items_vanish_and_earlier_revisions_stand_again(small):
    before = texts(small)
    wrong = small.add_rows([("n1", "new", "yes"), ("t0", "a changed text", "")])
    assert texts(small) != before
    withdraw(small, wrong.import_id)
    assert texts(small) == before
    assert find_item_id(small.db, "n1") is None


def test_a_label_that_came_with_it_counts_no_more(small):
    wrong = small.add_rows([("n1", "text number 0", "no")])
    label = "SELECT resolved_class_id FROM item_state WHERE item_id = 1"
    assert fetch_value(small.db, label) is None
    withdraw(small, wrong.import_id)
    assert fetch_value(small.db, label) == 1


def test_a_decision_of_a_person_stays(small):
    wrong = small.add_rows([("n1", "text number 9", "yes")])
    item_id = find_item_id(small.db, "n1")
    decide(small.db, actor=small.actor, request_id="d", item_id=item_id, class_id=2, now=small.now())
    withdraw(small, wrong.import_id)
    assert fetch_value(small.db, "SELECT resolved_class_id FROM item_state WHERE item_id = 10") == 2


def test_answers_given_for_its_items_end_with_the_reason(small):
    wrong = small.add_rows([("n1", "new", "")])
    small.answer_with(dict.fromkeys(range(1, 14), (1, 0.95)))
    withdraw(small, wrong.import_id)
    ended = fetch_all(small.db, "SELECT item_id, reason FROM release_ends JOIN releases ON releases.id = release_id")
    assert ended == [{"item_id": 13, "reason": "withdrawn"}]


def test_an_earlier_revision_that_stands_again_is_answered_anew(small):
    small.answer_with(dict.fromkeys(range(1, 13), (1, 0.95)))
    wrong = small.add_rows([("t11", "another text", "")])
    withdraw(small, wrong.import_id)
    assert fetch_value(small.db, "SELECT release_id FROM item_state WHERE item_id = 12") is not None


def test_who_holds_one_of_its_items_loses_the_lease(small):
    wrong = small.add_rows([(f"n{n}", f"new {n}", "") for n in range(3)])
    claim(small.db, actor=small.actor, count=20, now=small.now())
    withdraw(small, wrong.import_id)
    held = fetch_all(small.db, "SELECT item_id FROM assignments WHERE ended_at IS NULL")
    assert {row["item_id"] for row in held} == set(range(5, 13))


def test_the_same_file_can_be_imported_again(small):
    rows = [("n1", "new", "yes"), ("t0", "a changed text", "")]
    withdraw(small, small.add_rows(rows).import_id)
    for changed in ChangedPolicy:
        found = check_rows(
            ground_of(small.db, ImportChoices(changed)),
            [Row(2, {"id": "n1", "text": "new", "label": "yes"})],
            choices=ImportChoices(changed),
            actor=small.actor,
        )
        assert (found.new.count, found.left_out.count) == (1, 0)
    again = small.add_rows(rows)
    assert (again.new, again.changed) == (1, 1)
    assert (texts(small)["n1"], texts(small)["t0"]) == ("new", "a changed text")
    assert check(small.db) == []


def test_a_record_that_stands_again_is_unchanged_when_it_comes_again(small):
    withdraw(small, small.add_rows([("t0", "a changed text", "")]).import_id)
    again = small.add_rows([("t0", "text number 0", "yes"), ("n1", "new", "")])
    assert (again.unchanged, again.changed, again.new) == (1, 0, 1)


def test_its_labels_are_not_learned_from_and_a_version_that_did_says_so(tmp_path, small):
    wrong = small.add_rows([(f"n{n}", f"new text {n}", ("yes", "no")[n % 2]) for n in range(10)])
    common = {"actor": small.actor, "now": small.now()}
    before = take_snapshot(small.db, request_id="before", **common)
    rows_before = learned_groups(small.db, before)
    with write_transaction(small.db):
        version = fetch_value(
            small.db,
            "INSERT INTO versions(kind, name, snapshot_id, estimator, parameters, seed, libraries, artifact_sha256,"
            " request_id, actor_id, at) VALUES ('trained', 'V', ?, 'e', '{}', 0, '{}', 'x', 'v', 1, 'x') RETURNING id",
            (before.id,),
        )
    small.add_rows([(f"m{n}", f"right text {n}", ("yes", "no")[n % 2]) for n in range(10)])
    withdraw(small, wrong.import_id)
    after = take_snapshot(small.db, request_id="after", **common)
    assert (before.label_count, after.label_count) == (14, 14)
    assert not any("new text" in row["text"] for row in learned_groups(small.db, after).rows)
    assert learned_groups(small.db, read_snapshot(small.db, before.id)) == rows_before
    assert learned_labels(small.db, version) == [{"file_name": "small.csv", "count": 10}]


def test_what_would_go_is_counted_with_a_sample_first(small):
    wrong = small.add_rows([("n1", "new", "yes"), ("t0", "a changed text", "")])
    plan = plan_withdrawal(small.db, wrong.import_id)
    assert (plan.item_count, plan.returning_count, plan.label_count, plan.decision_count) == (2, 1, 1, 0)
    assert plan.sample == (("n1", "new"), ("t0", "a changed text"))


def test_the_same_request_again_changes_nothing_and_another_is_refused(small):
    wrong = small.add_rows([("n1", "new", "")])
    withdraw(small, wrong.import_id, request_id="once")
    withdraw(small, wrong.import_id, request_id="once")
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw(small, wrong.import_id)


def test_only_a_published_import_is_withdrawn_with_a_reason_by_who_may_import(small):
    wrong = small.add_rows([("n1", "new", "")])
    with pytest.raises(NotFound):
        withdraw(small, 99)
    with pytest.raises(BadInput, match="why"):
        withdraw(small, wrong.import_id, reason="  ")
    with pytest.raises(NotPermitted):
        withdraw(small, wrong.import_id, actor=Actor(id=9, name="Viewer", role=MemberRole.VIEWER))


def test_the_database_refuses_to_withdraw_what_is_not_published(small):
    with write_transaction(small.db):
        small.db.execute("INSERT INTO imports(file_name, file_sha256, actor_id, at) VALUES ('x', 'x', 1, 'x')")
    with pytest.raises(FactGuarded), write_transaction(small.db):
        small.db.execute(
            "INSERT INTO import_withdrawals(import_id, reason, request_id, actor_id, at)"
            " SELECT max(id), 'why', 'r', 1, 'x' FROM imports"
        )
